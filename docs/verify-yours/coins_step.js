// One EM step for two coins. To have it judged: refimpl verify --exec "node docs/verify-yours/coins_step.js"
const hello = { protocol: 1, name: "coins-step-node", version: "1", language: "JavaScript",
  precision: "binary64", tasks: ["coins.step"] };

function refuse(kind, message) { throw Object.assign(new Error(message), { kind }); }

function number(text) { // 17, "17", "31/6", "1e-3" or "0x1.8p-3"
  const h = /^(-?)0x([0-9a-f]+)\.?([0-9a-f]*)p?(.*)$/.exec(text);
  const [p, q = 1] = String(text).split("/");
  const x = h ? (h[1] ? -1 : 1) * parseInt(h[2] + h[3], 16) * 2 ** (h[4] - 4 * h[3].length) : p / q;
  return p && Number.isFinite(x) ? x : refuse("bad-input", `"${text}" is no number`);
}

const sum = (xs) => xs.reduce((a, b) => a + b, 0);
const logPower = (p, n) => (n === 0 ? 0 : n * Math.log(p)); // ln p^n, and 0^0 = 1

function step(input) {
  const [heads, tails, theta] = [input.heads, input.tails, input.theta].map((list) => list.map(number));
  if (!heads.length) refuse("empty-data", "there are no rounds");
  if (heads.length !== tails.length) refuse("bad-input", "heads and tails differ in length");
  if ([...heads, ...tails].some((n) => n < 0 || n % 1)) refuse("bad-input", "a count is not 0, 1, 2, ...");
  if (theta.length !== 2 || theta.some((p) => p < 0 || p > 1)) refuse("bad-input", "theta: two in [0, 1]");
  const logs = heads.map((h, n) => theta.map((p) => logPower(p, h) + logPower(1 - p, tails[n])));
  if (logs.some(([a, b]) => a === b && a === -Infinity)) refuse("no-mass", "neither coin can show a round");
  // [of A, of B], each by itself: 1 - share would lose the digits of a small share
  const shares = [0, 1].map((coin) => logs.map((log) => 1 / (1 + Math.exp(log[1 - coin] - log[coin]))));
  const counts = shares.map((share) => [heads, tails].map((of) => sum(of.map((n, i) => n * share[i]))));
  const updated = counts.map(([h, t], coin) => (h + t > 0 ? h / (h + t) : theta[coin]));
  const terms = logs.map(([a, b]) => Math.max(a, b) + Math.log((1 + Math.exp(-Math.abs(a - b))) / 2));
  return { responsibilities: shares[0], counts, theta: updated, log_likelihood: sum(terms) };
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
