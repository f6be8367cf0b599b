// Runs the page's mathematics on the cases of one JSON document from standard input and prints what it finds:
// node plane_cases.mjs FOLDER_OF_THE_PAGE < cases.json
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const page = (name) => import(pathToFileURL(`${process.argv[2]}/${name}`));
const { arcOf, fitPlane, onSpan, reach, solve3, traceDepth, trough, withTrough } = await page("plane.js");
const { Hole } = await page("hole.js");
const cases = JSON.parse(readFileSync(0, "utf-8"));

const found = {
  traces: cases.traces.map(({ plane, hole, at_deg }) => at_deg.map((azimuth) => traceDepth(plane, hole, azimuth))),
  reaches: cases.traces.map(({ plane, hole }) => reach(plane, hole)),
  troughs: cases.traces.map(({ plane, hole }) => withTrough({ ...plane, dip_deg: 1, azimuth_deg: 0 }, hole, trough(plane, hole))),
  dragged: cases.dragged.map(({ plane, hole, point }) => withTrough(plane, hole, point)),
  fits: cases.fits.map(({ points, hole }) => fitPlane(points, () => hole)),
  solved: cases.systems.map(({ matrix, right }) => solve3(matrix, right)),
  arcs: cases.arcs.map(arcOf),
  spans: cases.spans.map(({ azimuth_deg, span_deg }) => onSpan(azimuth_deg, span_deg)),
};

const asked = [];
const hole = new Hole(cases.log, async (top_m, base_m) => (asked.push([top_m, base_m]), cases.nodes));
const before = hole.at(cases.depths_m[0]);
await hole.load(Math.min(...cases.depths_m), Math.max(...cases.depths_m));
found.hole = { before, asked, at: cases.depths_m.map((depth_m) => hole.at(depth_m)) };
found.washouts = cases.washouts.map((points) => fitPlane(points, (depth_m) => hole.at(depth_m)));

const round = new Hole({ hole_diameter_m: 0.2, caliper: false, oval: false }, async () => asked.push("never"));
await round.load(0, 1e6);
found.round = round.at(5);
process.stdout.write(JSON.stringify(found));
