// What the log view says of depths, azimuths, filters and keys: node log_cases.mjs FOLDER_OF_THE_PAGE
import { pathToFileURL } from "node:url";

const page = (name) => import(pathToFileURL(`${process.argv[2]}/${name}`));
const { azimuthTicks, columnsOf, depthTicks, usualCurves } = await page("columns.js");
const { passes, unfiltered } = await page("filter.js");
const { actionOf, KEYS } = await page("keys.js");

const row = { id: 1, kind: "bedding", status: "undecided", set: "", confidence: null, dip_deg: 20, azimuth_deg: 350 };
const filters = {
  everything: {},
  kind: { kinds: new Set(["fracture"]) },
  status: { statuses: new Set(["accepted"]) },
  set: { sets: new Set(["a"]) },
  brush: { brush: new Set([2]) },
  steep: { dip_deg: [30, 90] },
  doubtful: { confidence: [0, 0.5] },
  through_north: { azimuth_deg: [300, 20] },
  away_from_north: { azimuth_deg: [20, 300] },
};
const press = (key, held = {}, field = null) =>
  actionOf({ key, ...held, target: { closest: (wanted) => (field && wanted.includes(field) ? { matches: () => true } : null) } });
const curves = [
  { name: "NPHI", description: "Neutron porosity, caliper corrected" },
  { name: "CALI", description: "Caliper" },
  { name: "GRAFM", description: "2 Gamma Ray App [RWD]" },
  { name: "X7", description: "19 Inclination" },
];
process.stdout.write(
  JSON.stringify({
    metres: depthTicks(1000, 1001.7, 0.002, 1),
    feet: depthTicks(4076.7, 4078.2, 0.002, 0.3048),
    kilometres: depthTicks(1000, 6000, 6, 1),
    north: azimuthTicks({ first_azimuth_deg: 0, reference: "north" }),
    turned: azimuthTicks({ first_azimuth_deg: 200, reference: "high_side" }),
    columns: [700, 1000, 1600].map((width) => columnsOf(width, [1, 2])),
    usual: [700, 1600].map((width) => usualCurves(curves, width)),
    passes: Object.fromEntries(Object.entries(filters).map(([name, one]) => [name, passes(row, { ...unfiltered(), ...one })])),
    keys: KEYS.flatMap(({ keys }) => keys),
    pressed: {
      letter: press("a"),
      capital: press("Z", { shiftKey: true }),
      with_alt: press("a", { altKey: true }) ?? null,
      in_a_field: press("a", {}, "input") ?? null,
      undo: press("z", { ctrlKey: true }),
      redo: press("z", { ctrlKey: true, shiftKey: true }),
      undo_in_a_field: press("z", { ctrlKey: true }, "input") ?? null,
      save_in_a_field: press("s", { metaKey: true }, "input"),
      leave_a_field: press("Escape", {}, "input"),
    },
  }),
);
