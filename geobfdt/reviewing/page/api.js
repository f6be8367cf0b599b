/**
 * Talking to the review server: JSON both ways, one sentence when something is refused.
 *
 * The page's token stands in a meta tag that the server fills in. It goes with every POST as a header, which a page of
 * another origin cannot set; the cookie that the browser sends by itself would not prove where a request comes from.
 */

const token = () => document.querySelector('meta[name="geobfdt-token"]')?.content ?? "";

/** What the server refused: `message` is its sentence, `status` the HTTP status (0: the server was not reached). */
export class Refusal extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/**
 * @param {string} path such as "/api/state"
 * @returns {Promise<any>} the decoded JSON; rejects with a {@link Refusal}
 */
export const get = (path) => ask(path, { headers: { Accept: "application/json" } });

/**
 * @param {string} path such as "/api/edit"
 * @param {object} body sent as JSON
 * @returns {Promise<any>} the decoded JSON; rejects with a {@link Refusal}
 */
export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-Geobfdt-Token": token() },
    body: JSON.stringify(body),
  });

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Refusal("The review server does not answer: start `geobfdt review` again; nothing it answered is lost.", 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(body?.error ?? `The server answered ${answer.status} to ${path}.`, answer.status);
  return body;
}
