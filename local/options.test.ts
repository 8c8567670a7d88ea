import { describe, expect, test } from "vitest";
import { passedEnvironment, START_HELP, startOptions, tofuVariables } from "./options.ts";

describe("npm start's options", () => {
  test("are dev, port 8080 and port 8081 unless set", () => {
    expect(startOptions([], {})).toEqual({
      environment: "dev",
      fresh: false,
      help: false,
      apiPort: 8080,
      sitePort: 8081,
      timeFactor: 1,
      runsVllm: false,
    });
  });

  test("come from the command line and from environment variables; 0 is a port, an empty one is not set", () => {
    const args = ["--environment", "prod", "--fresh", "--help"];
    expect(startOptions(args, { SLUICE_API_PORT: "0", SLUICE_SITE_PORT: "" })).toEqual({
      environment: "prod",
      fresh: true,
      help: true,
      apiPort: 0,
      sitePort: 8081,
      timeFactor: 1,
      runsVllm: false,
    });
  });

  test("an environment may be a file elsewhere: its name is the file's", () => {
    expect(startOptions(["--environment", "/srv/sluice/staging.ts"], {})).toMatchObject({
      environment: "staging",
      environmentFile: "/srv/sluice/staging.ts",
    });
  });

  test.each(["eighty", "-1", "65536", "80.5"])("the port %s is refused with name, value, rule and remedy", (value) => {
    expect(() => startOptions([], { SLUICE_API_PORT: value })).toThrow(
      `SLUICE_API_PORT must be a port from 0 to 65535, got "${value}"; set it to a free port, or 0 for any.`,
    );
  });

  test("the time factor is a number from 1 to 120", () => {
    expect(startOptions([], { SLUICE_LOCAL_TIME_FACTOR: "60" }).timeFactor).toBe(60);
    for (const value of ["0.5", "121", "fast"])
      expect(() => startOptions([], { SLUICE_LOCAL_TIME_FACTOR: value })).toThrow(
        `SLUICE_LOCAL_TIME_FACTOR must be a number from 1 to 120, got "${value}"; 60 makes a minute a second.`,
      );
  });

  test("an unknown option, a stray word and a missing value are refused in one line that points to the help", () => {
    for (const [args, name] of [
      [["--fersh"], "--fersh"],
      [["dev"], "dev"],
      [["--environment"], "--environment"],
    ] as const) {
      expect(() => startOptions(args, {})).toThrow(name);
      expect(() => startOptions(args, {})).toThrow(/^[^\n]+; `npm start -- --help` lists the options\.$/);
    }
  });

  test("the engine is the local one, or vLLM", () => {
    expect(startOptions([], {}).runsVllm).toBe(false);
    expect(startOptions([], { SLUICE_LOCAL_ENGINE: "vllm" }).runsVllm).toBe(true);
    expect(() => startOptions([], { SLUICE_LOCAL_ENGINE: "vlm" })).toThrow(
      'SLUICE_LOCAL_ENGINE must be vllm, got "vlm"; or leave it out.',
    );
    expect(() => startOptions([], { SLUICE_LOCAL_ENGINE: "vllm", SLUICE_ENGINE_URL: "http://x" })).toThrow(
      "SLUICE_LOCAL_ENGINE and SLUICE_ENGINE_URL are both set; leave one of them out.",
    );
  });

  test("the help names every option and setting that is read", () => {
    for (const name of [
      "--environment",
      "--fresh",
      "--help",
      "SLUICE_API_PORT",
      "SLUICE_SITE_PORT",
      "SLUICE_LOCAL_ENGINE",
      "SLUICE_LOCAL_TIME_FACTOR",
      "TF_VAR_",
    ])
      expect(START_HELP).toContain(name);
  });
});

describe("what the user's environment passes on", () => {
  test("TF_VAR_ variables become OpenTofu variables, also empty ones", () => {
    const environment = { TF_VAR_max: "3", TF_VAR_name: "", tf_var_x: "1", PATH: "/bin", TF_VAR_gone: undefined };
    expect(tofuVariables(environment)).toEqual({ max: "3", name: "" });
  });

  test("processes get paths and the local engine's settings, and providers' keys, and no other credentials", () => {
    const environment = {
      PATH: "/bin",
      HOME: "/home/me",
      SLUICE_LOCAL_MODEL: "tiny",
      SLUICE_ENGINE_URL: "http://127.0.0.1:11434",
      SLUICE_PROVIDER_KEY_TOGETHER: "key",
      SLUICE_API_PORT: "1",
      AWS_SECRET_ACCESS_KEY: "secret",
      NODE_OPTIONS: "--inspect",
      HF_TOKEN: "secret",
    };
    expect(passedEnvironment(environment)).toEqual({
      PATH: "/bin",
      HOME: "/home/me",
      SLUICE_LOCAL_MODEL: "tiny",
      SLUICE_ENGINE_URL: "http://127.0.0.1:11434",
      SLUICE_PROVIDER_KEY_TOGETHER: "key",
    });
  });
});
