import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { environmentNames, loadEnvironment } from "../../environments/load.ts";
import { type CostTools, costCommand } from "./cost-command.ts";
import { environmentAtCommit } from "./environment-at-commit.ts";

const dev = await loadEnvironment("dev");
const unused: string[] = [];
afterAll(() => {
  for (const folder of unused) rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], tools: Partial<CostTools> = {}): Promise<string> {
  const printed: string[] = [];
  const command = costCommand({
    print: (text) => printed.push(text),
    environmentNames,
    environment: loadEnvironment,
    environmentAt: async () => dev,
    exportForInfracost: async () => "written",
    ...tools,
  });
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(args, { from: "user" });
  return printed.join("\n");
}

describe("sluice cost", () => {
  test("without a name shows every environment's three totals", async () => {
    const text = await run([]);
    for (const name of environmentNames())
      expect(text).toMatch(new RegExp(`^${name} +[\\d,]+\\.\\d\\d +[\\d,]+\\.\\d\\d`, "m"));
  });

  test("of one environment has a row for each type, the longest bar at the most expensive", async () => {
    const text = await run(["--environment", "dev"]);
    expect(text).toMatch(/^GPU instances +734\.38 +917\.98 +1,468\.76 {2}█{30}$/m);
    expect(text).toMatch(/^Data transfer .*▏$/m);
    expect(text).toMatch(/^platform without engines +\d\d\.\d\d/m);
    expect(text).toMatch(/interface endpoints cost 36\.50 .*NAT gateways .* 36\.50\./);
  });

  test("follows the usage in the options", async () => {
    const text = await run(["--environment", "dev", "--requests", "1_000_000", "--share", "1"]);
    expect(text).toMatch(/^API Gateway +3\.50 /m);
    expect(text).toMatch(/^GPU instances +734\.38 +1,468\.76 +1,468\.76 /m);
  });

  test("--lines prints quantity, price and source of each cost item", async () => {
    expect(await run(["--environment", "dev", "--lines"])).toContain(
      "Load balancer: load balancers\n  730 × $0.0225 per hour = $16.43\n  https://aws.amazon.com/elasticloadbalancing/pricing",
    );
  });

  test("--json has the same figures as numbers", async () => {
    const { total, items } = JSON.parse(await run(["--environment", "dev", "--json"]));
    expect(total.maximum).toBeGreaterThan(total.minimum);
    expect(items[0]).toMatchObject({ type: "GPU instances", quantity: 730, price: { usd: 1.006 } });
  });

  test("--against shows signed differences", async () => {
    const text = await run(["--environment", "dev", "--against", "prod"]);
    expect(text).toMatch(/^dev against prod, dollars a month$/m);
    expect(text).toMatch(/^GPU instances +-16,763\.46 /m);
    expect(text).not.toMatch(/^WAF/m);
  });

  test("--commit compares with the same environment at a commit", async () => {
    const old = { ...dev, gateways: { ...dev.gateways, maxInstances: dev.gateways.maxInstances + 1 } };
    const text = await run(["--environment", "dev", "--commit", "v1"], { environmentAt: async () => old });
    expect(text).toMatch(/^dev against dev at v1, dollars a month$/m);
    expect(text).toMatch(/^Gateways +0\.00 +-\d+\.\d\d +-\d+\.\d\d$/m);
    expect(await run(["--environment", "dev", "--commit", "v1"])).toBe("dev costs the same as dev at v1.");
  });

  test.each([
    [["--against", "prod"], /needs --environment NAME/],
    [["--environment", "dev", "--against", "prod", "--commit", "v1"], /use one of them/],
    [["--environment", "nowhere"], /no environment "nowhere"; known are dev, prod/],
    [["--environment", "dev", "--requests", "many"], /must be 0 or more/],
    [["--environment", "dev", "--share", "2"], /must be 0 to 1/],
  ])("%j is refused in one line", async (args, message) => {
    await expect(run(args)).rejects.toThrow(message);
  });

  test("a pool on Spot has a line with the prices of the types that AWS may launch, which minimum and maximum count", async () => {
    const purchase = { option: "spot", onDemandBase: 0, overrides: [], families: ["g5", "g6"] } as const;
    const pools = { "phi-3-mini": { ...dev.pools["phi-3-mini"]!, purchase } };
    const text = await run(["--environment", "dev"], { environment: async () => ({ ...dev, pools }) });
    expect(text).toMatch(/^GPU instances +587\.50 +917\.98 +2,371\.04 /m);
    expect(text).toMatch(
      /^Pool phi-3-mini on Spot: an instance costs less than 0\.80 to 1\.62 an hour, .* 6 types that AWS may launch; minimum/m,
    );
  });

  test("prices that a region's file lacks are us-east-1's, named in one line and marked in --lines", async () => {
    const environment = async () => ({ ...dev, region: "eu-west-1" as const });
    const text = await run(["--environment", "dev"], { environment });
    expect(text).toMatch(/^GPU instances +819\.79 +1,024\.74 +1,639\.58 /m);
    expect(text).toMatch(
      /^Price of us-east-1 used for \d+ of \d+ items \(--lines marks them\), of EBS volumes, .*Load balancer, [^:]{0,200}: catalog\/prices\/eu-west-1\.ts lacks them; the maximum has 1\.6 times/m,
    );
    expect(text).not.toMatch(/Price of us-east-1 used for .*g5\.xlarge/);
    const lines = await run(["--environment", "dev", "--lines"], { environment });
    expect(lines).toMatch(/load balancers\n.*\n.*\(2024-11\), price of us-east-1 used, 1\.6 times in the maximum$/m);
    expect(await run([], { environment })).toMatch(/price of us-east-1 used for \d+ items$/m);
    expect(await run(["--environment", "dev"])).not.toMatch(/us-east-1 used/);
  });
});

describe("an environment at a commit", () => {
  const project = mkdtempSync(join(tmpdir(), "sluice-history-"));
  unused.push(project);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: project });
  git("init", "-q");
  execFileSync("mkdir", ["environments", "node_modules"], { cwd: project });
  const write = (max: number) =>
    writeFileSync(
      join(project, "environments/load.ts"),
      `export const loadEnvironment = async (name: string) => {
         if (name !== "dev") throw new Error(\`There is no environment "\${name}".\`);
         return { name, maxInstances: ${max} };
       };`,
    );
  write(2);
  git("add", "environments");
  git("commit", "-q", "-m", "two");
  write(5);

  test("is read by that commit's own code, and neither files nor index change", async () => {
    const before = execFileSync("git", ["status", "--porcelain"], { cwd: project, encoding: "utf8" });
    expect(await environmentAtCommit(project, "HEAD", "dev")).toEqual({ name: "dev", maxInstances: 2 });
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: project, encoding: "utf8" })).toBe(before);
  });

  test("that does not exist is an error that names the commit", async () => {
    await expect(environmentAtCommit(project, "nowhere", "dev")).rejects.toThrow(/no commit "nowhere"/);
    await expect(environmentAtCommit(project, "--all", "dev")).rejects.toThrow(/must name a commit, got "--all"/);
    await expect(environmentAtCommit(project, "HEAD", "prod")).rejects.toThrow(/^At HEAD: .*no environment "prod"/);
  });
});
