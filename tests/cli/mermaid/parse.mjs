// Reads charts, a JSON list of texts, from stdin and prints what Mermaid's own parser makes of each.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const from = createRequire(process.argv[2] + "/");
const { JSDOM } = from("jsdom");
const dom = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const folder = process.argv[2] + "/node_modules/mermaid/dist/mermaid.core.mjs";
const { default: mermaid } = await import(pathToFileURL(folder));
mermaid.initialize({ startOnLoad: false, maxTextSize: 1000000 });

// As Mermaid decodes its entities before it draws.
const decoded = (text) =>
  text
    .replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)))
    .trim();
let text = "";
for await (const chunk of process.stdin) text += chunk;
const charts = [];
for (const one of JSON.parse(text)) {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(one);
  charts.push({
    title: decoded(db.getDiagramTitle()),
    tasks: db.getTasks().map((task) => ({
      text: decoded(task.task),
      section: decoded(task.section),
      start: task.startTime,
      end: task.endTime,
    })),
  });
}
console.log(JSON.stringify(charts));
