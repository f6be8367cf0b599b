/**
 * Let one request run at a time: while one is under way only the latest of those asked for meanwhile is remembered,
 * and its turn comes next. A slider then never queues what nobody wants to see any more, and its last place is always
 * answered.
 *
 * @param {function(any): Promise<any>} ask
 * @param {function(any, any): void} answered gets the answer and what was asked, only when nothing newer was asked
 * @param {function(Error): void} failed gets the error, likewise
 * @returns {function(any): void}
 */
export function latest(ask, answered, failed) {
  let running = false;
  let waiting = null;
  const start = async (question) => {
    running = true;
    let told = () => {};
    try {
      const answer = await ask(question);
      told = () => answered(answer, question);
    } catch (error) {
      told = () => failed(error);
    }
    running = false;
    const next = waiting;
    waiting = null;
    if (next) start(next.question);
    else told();
  };
  return (question) => {
    if (running) waiting = { question };
    else start(question);
  };
}
