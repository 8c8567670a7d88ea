import { parseArgs } from "node:util";
import { type AttackOptions, attack, type Row } from "./attack.ts";
import { localGateway, withLocalKey } from "./local-stack.ts";

/** As in `npm start`. */
const FOLDER = ".sluice";

const HELP = `npm run attack -- [options] [url]

Sends hostile requests to a gateway (default: one of the stack that \`npm start\` runs here) and measures how long each
of them holds it.

  --key KEY      your key (default: SLUICE_API_KEY; at the local stack a key that is made for the run and then revoked)
  --rounds N     times that each shape is sent (default 3; the least hold counts)
  --help         this text`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { key: { type: "string" }, rounds: { type: "string", default: "3" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help === true) return console.log(HELP);
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds must be a whole number above 0, got ${values.rounds}; leave it out for 3.`);
  const { SLUICE_API_KEY, SLUICE_FOLDER } = process.env;
  const key = values.key ?? SLUICE_API_KEY;
  const [address] = positionals;
  if (address !== undefined) return await run({ url: address.replace(/\/+$/, ""), pid: undefined, key, rounds });
  const gateway = localGateway(SLUICE_FOLDER || FOLDER);
  if (gateway === undefined)
    throw new Error(
      "No local stack runs; start one with `npm start`, or name a gateway: npm run attack -- http://127.0.0.1:8080",
    );
  const runWith = (key: string) => run({ ...gateway, key, rounds });
  await (key === undefined ? withLocalKey(runWith) : runWith(key));
}

async function run(options: Omit<AttackOptions, "onWait">): Promise<void> {
  printLine("shape", "status", "hold ms", "memory MiB", "verdict");
  const onWait = (status: number, seconds: number) =>
    console.error(
      status === 429
        ? `The gateway counts all shapes for one address; waiting ${seconds} s for its limit per minute.`
        : `The gateway has no engine that is ready; waiting ${seconds} s.`,
    );
  const rows = await attack({ ...options, onWait }, printRow);
  const bad = rows.filter(({ verdict }) => verdict !== "ok").length;
  const worst = rows.reduce((most, row) => (row.holdMs > most.holdMs ? row : most));
  console.log(
    `${rows.length} shapes, ${bad} not as they should be; the longest hold: ${worst.shape}, ${worst.holdMs.toFixed(1)} ms`,
  );
  if (bad > 0) process.exitCode = 1;
}

function printRow({ shape, status, holdMs, memoryMiB, verdict }: Row): void {
  printLine(shape, status, holdMs.toFixed(1), memoryMiB?.toFixed(0) ?? "-", verdict);
}

function printLine(shape: string, ...cells: readonly string[]): void {
  console.log(`${shape.padEnd(48)}${cells.map((cell) => ` ${cell.padStart(12)}`).join("")}`);
}

try {
  await main();
} catch (error) {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
