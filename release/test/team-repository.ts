import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackages } from "../build-package.ts";

const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

export interface Ended {
  readonly code: number | null;
  /** Standard output and error. */
  readonly output: string;
}

/** A repository that `create-sluice` made in an empty folder, with the packed package and no access to the checkout. */
export class TeamRepository {
  /** Temporary; the repository is a folder in it. */
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "sluice-team-")));
  readonly folder = join(this.home, "my-llm");

  /** Packs both packages as `npm pack` does, and unpacks `create-sluice` as npm would. `npm test` checks the types beside it. */
  async pack(project: string): Promise<{ readonly tarball: string }> {
    const { sluice, createSluice } = await buildPackages(project, join(this.home, "built"), { checksTypes: false });
    for (const folder of [sluice, createSluice]) {
      const { code, output } = await this.run("npm", ["pack", "--silent", "--pack-destination", this.home], folder);
      if (code !== 0) throw new Error(`npm pack failed in ${folder}: ${output}`);
    }
    rmSync(join(this.home, "built"), { recursive: true });
    const tarballs = readdirSync(this.home).filter((name) => name.endsWith(".tgz"));
    const named = (name: RegExp) => tarballs.find((file) => name.test(file)) ?? "";
    await this.run("tar", ["xzf", named(/^create-sluice-\d/)], this.home);
    return { tarball: named(/^sluice-\d/) };
  }

  /** Runs `npm create sluice my-llm`. @returns why it is impossible here, where npm has no network */
  async create(tarball: string, options: readonly string[]): Promise<string | undefined> {
    const script = join(this.home, "package/create.mjs");
    const args = [script, "my-llm", "--package", `./${tarball}`, ...options];
    const { code, output } = await this.run(process.execPath, args, this.home);
    if (code === 0) return undefined;
    if (NO_NETWORK.test(output)) return "npm has no network, and not all packages are in its cache";
    throw new Error(`create-sluice failed: ${output}`);
  }

  /**
   * Packs the installed package as version 99.0.0, whose table of the keys has another key. It has no dependencies of its
   * own and finds those of the repository, in whose work folder it is installed: they are the same, and half a gigabyte.
   * @returns its path
   */
  async packNewer(): Promise<string> {
    const newer = join(this.home, "newer");
    cpSync(join(this.folder, "node_modules/sluice"), newer, {
      recursive: true,
      filter: (path) => !path.startsWith(join(this.folder, "node_modules/sluice/node_modules")),
    });
    for (const [file, from, to] of [
      ["package.json", /"version": "[^"]+"/, '"version": "99.0.0"'],
      ["package.json", /"dependencies": \{[^}]*\}/, '"dependencies": {}'],
      ["package.json", /"optionalDependencies": \{[^}]*\}/, '"optionalDependencies": {}'],
      ["constructs/data/keys-table.js", /(?<=hashKey: )"\w+"/, '"other"'],
    ] as const) {
      const text = readFileSync(join(newer, file), "utf8");
      if (!from.test(text)) throw new Error(`${file} of the package does not match ${from}`);
      writeFileSync(join(newer, file), text.replace(from, to));
    }
    const { code, output } = await this.run("npm", ["pack", "--silent", "--pack-destination", this.home], newer);
    if (code !== 0) throw new Error(`npm pack failed: ${output}`);
    return join(this.home, "sluice-99.0.0.tgz");
  }

  /** Runs the installed command in the repository, or in a folder of it. */
  sluice(args: readonly string[], folder = this.folder): Promise<Ended> {
    return this.run(process.execPath, [join(this.folder, "node_modules/sluice/bin/sluice.mjs"), ...args], folder);
  }

  /** Starts `npm start` in the repository, on any free ports. */
  start(): ChildProcess {
    return spawn("npm", ["start", "--", "--environment", "dev"], {
      cwd: this.folder,
      env: { ...this.#environment, SLUICE_API_PORT: "0", SLUICE_SITE_PORT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async run(command: string, args: readonly string[], cwd: string): Promise<Ended> {
    const child = spawn(command, args, { cwd, env: this.#environment });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { code, output };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Of this process, without what npm, Vitest and the checkout's own commands add to it. */
  get #environment(): NodeJS.ProcessEnv {
    return Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(npm_|NODE_PATH$|NODE_OPTIONS$|INIT_CWD$|VITEST|SLUICE_FOLDER$)/.test(name),
      ),
    );
  }
}
