// Renders a graph in JSON (standard input) as SVG (standard output).
import { text } from "node:stream/consumers";
import { instance } from "@viz-js/viz";

const viz = await instance();
process.stdout.write(viz.renderString(JSON.parse(await text(process.stdin)), { format: "svg" }));
