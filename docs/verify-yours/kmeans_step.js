// One step of K-means. To have it judged: refimpl verify --exec "node docs/verify-yours/kmeans_step.js"
const hello = { protocol: 1, name: "kmeans-step-node", version: "1", language: "JavaScript",
  precision: "binary64", tasks: ["kmeans.step"], conventions: { ties: "lowest-index", empty: "keep" } };

function refuse(kind, message) { throw Object.assign(new Error(message), { kind }); }

function number(text) { // "17", "31/6", "1e-3" or "0x1.8p-3"
  const h = /^(-?)0x([0-9a-f]+)\.?([0-9a-f]*)p?(.*)$/.exec(text);
  const [p, q = 1] = text.split("/");
  const x = h ? (h[1] ? -1 : 1) * parseInt(h[2] + h[3], 16) * 2 ** (h[4] - 4 * h[3].length) : p / q;
  return p && Number.isFinite(x) ? x : refuse("bad-input", `"${text}" is no number`);
}

const sum = (xs) => xs.reduce((a, b) => a + b, 0);
const distance2 = (x, c) => sum(x.map((xj, j) => (xj - c[j]) ** 2));

function step(input) {
  const [points, centers] = [input.points, input.centers].map((rows) => rows.map((row) => row.map(number)));
  if (!points[0]?.length || !centers.length) refuse("empty-data", "there are no points, centers or columns");
  if (centers.length > points.length) refuse("k-too-large", "there are more centers than points");
  if (new Set([...points, ...centers].map((x) => x.length)).size > 1) refuse("bad-input", "ragged rows");
  const labels = points.map((x) => {
    const distances = centers.map((c) => distance2(x, c));
    return distances.indexOf(Math.min(...distances)); // the first of equals: a tie goes to the lowest index
  });
  const updated = centers.map((kept, k) => {
    const members = points.filter((_, n) => labels[n] === k); // an empty cluster keeps its center
    return members.length ? kept.map((_, j) => sum(members.map((x) => x[j])) / members.length) : kept;
  });
  const distortion = sum(points.map((x, n) => distance2(x, updated[labels[n]])));
  return { labels, centers: updated, distortion };
}

require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { cmd, seq, input } = JSON.parse(line);
  if (cmd === "bye") process.exit();
  let answer = hello;
  try {
    if (cmd === "run") answer = { seq, result: step(input) };
  } catch ({ kind = "bad-input", message }) {
    answer = { seq, error: { kind, message } };
  }
  console.log(JSON.stringify(answer));
});
