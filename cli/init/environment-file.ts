import type { Environment } from "../../settings/environment.ts";

/** The replies from which an environment file is written. */
export interface InitReplies extends Pick<Environment, "name" | "region"> {
  /** By public name. */
  readonly models: Readonly<Record<string, Pick<Environment["pools"][string], "model" | "instanceType">>>;
  readonly domain: Environment["api"]["domain"];
  /** Mail address that alarms are sent to. */
  readonly alarmEmail: string | undefined;
}

/** The data of the file: what differs from the defaults. */
export function environmentData({ name, region, models, domain, alarmEmail }: InitReplies): object {
  return {
    name,
    region,
    models,
    ...(domain === null ? {} : { api: { domain } }),
    ...(alarmEmail === undefined ? {} : { alarms: { emails: [alarmEmail] } }),
  };
}

/**
 * The text of the file, formatted as the project's files are.
 * @param source module of `environment()`: a file of the checkout, or the package
 */
export function environmentFileText(replies: InitReplies, source: string): string {
  const { name, region, models, domain, alarmEmail } = replies;
  const text = JSON.stringify;
  return [
    `import { environment } from ${text(source)};`,
    "",
    "export default environment({",
    `  name: ${text(name)},`,
    `  region: ${text(region)},`,
    "  models: {",
    ...Object.entries(models).map(
      ([publicName, { model, instanceType }]) =>
        `    ${text(publicName)}: { model: ${text(model)}, instanceType: ${text(instanceType)} },`,
    ),
    "  },",
    ...(domain === null
      ? []
      : [`  api: { domain: { name: ${text(domain.name)}, hostedZoneId: ${text(domain.hostedZoneId)} } },`]),
    ...(alarmEmail === undefined ? [] : [`  alarms: { emails: [${text(alarmEmail)}] },`]),
    "});",
    "",
  ].join("\n");
}
