import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ChildResult, Children, RunningChild } from "./children.ts";
import { ACCOUNT } from "./emulators.ts";
import { findProgram } from "./find-program.ts";
import type { Machine } from "./machine.ts";
import { MissingTool } from "./missing-tool.ts";
import { findProvider, mirrorProvider } from "./provider.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

/** Product in the header `user-agent` whose version is the name of the stack that calls. */
export const CALLER_PRODUCT = "sluice-stack";

export interface TofuProps {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly children: Children;
  readonly providerVersion: string;
  /** Executable of the provider. */
  readonly providerPath: string;
  /** Folder of the mirror with the provider. */
  readonly mirror: string;
}

/** OpenTofu with one provider and without network access. */
export class Tofu {
  readonly providerVersion: string;
  /** Folder of the mirror with the provider. */
  readonly mirror: string;
  readonly #props: TofuProps;

  /** The executable. */
  readonly command: string;
  /** Its environment variables: the addresses of AWS and of the provider. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(props: TofuProps) {
    this.#props = props;
    this.providerVersion = props.providerVersion;
    this.mirror = props.mirror;
    this.command = props.command;
    this.environment = props.environment;
  }

  /** The same, with every AWS service at this address. */
  at(url: string): Tofu {
    const environment = { ...this.#props.environment, AWS_ENDPOINT_URL: url };
    return new Tofu({ ...this.#props, environment });
  }

  /** The same, with a name in the header `user-agent` of every call to AWS. */
  as(name: string): Tofu {
    const environment = { ...this.#props.environment, TF_APPEND_USER_AGENT: `${CALLER_PRODUCT}/${name}` };
    return new Tofu({ ...this.#props, environment });
  }

  /** The same, with a provider that runs already: OpenTofu starts none of its own. */
  with(provider: RunningProvider): Tofu {
    const environment = { ...this.#props.environment, ...provider.environment };
    return new Tofu({ ...this.#props, environment });
  }

  /** @param folder of the stack */
  startProvider(folder: string): Promise<RunningProvider> {
    const { providerPath: path, environment, children } = this.#props;
    return startProvider({ path, environment, folder, children });
  }

  start(folder: string, args: readonly string[]): RunningChild {
    const { command, environment, children } = this.#props;
    return children.start({ command, args: [...args, "-no-color"], cwd: folder, environment });
  }

  run(folder: string, args: readonly string[]): Promise<ChildResult> {
    return this.start(folder, args).done;
  }
}

/**
 * OpenTofu on PATH with a provider of this machine.
 * @throws MissingTool when either is missing
 */
export function findTofu({ variables, cache, children }: Machine): Tofu {
  const command = findProgram(["tofu"], variables.PATH);
  if (command === undefined)
    throw new MissingTool(
      "no OpenTofu found: install it (https://opentofu.org/docs/intro/install/) so that `tofu` is on PATH",
    );
  const provider = findProvider(variables);
  const mirror = mirrorProvider(cache, provider);
  const configuration = join(cache, "tofu.rc");
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["registry.opentofu.org/*/*"]\n  }\n}\n`,
  );
  return new Tofu({
    command,
    children,
    providerVersion: provider.version,
    providerPath: provider.path,
    mirror,
    environment: {
      // No AWS_… and no TF_… of the user: no account and no variable of the user may be used.
      PATH: variables.PATH ?? "",
      HOME: variables.HOME || homedir(),
      TF_CLI_CONFIG_FILE: configuration,
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      CHECKPOINT_DISABLE: "1",
      // Go collects garbage less often: `tofu validate` takes 2.4 s of CPU time instead of 2.9 s, and 390 MB instead of 310 MB.
      GOGC: "400",
      AWS_EC2_METADATA_DISABLED: "true",
      // OpenTofu's own encryption of states calls KMS with these.
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: "proof",
    },
  });
}
