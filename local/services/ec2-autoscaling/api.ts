/** An instance as EC2 would tell of it. */
export interface Ec2Instance {
  readonly id: string;
  readonly instanceType: string;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * EC2's answer to `DescribeInstances`, by ids or by filters on tags. Every instance of the twin lives on the loopback
 * address; ports tell them apart. An id that is not among the instances was one a moment ago and is answered too.
 * @throws when a filter is not one on a tag
 */
export function describeInstances(parameters: URLSearchParams, instances: readonly Ec2Instance[]): string {
  const ids = [...parameters].filter(([name]) => name.startsWith("InstanceId.")).map(([, id]) => id);
  const filters = filtersOf(parameters);
  const known = instances.filter(
    ({ id, tags }) =>
      (ids.length === 0 || ids.includes(id)) && filters.every(({ tag, values }) => values.includes(tags[tag] ?? "")),
  );
  const gone = ids.filter((id) => instances.every((instance) => instance.id !== id));
  const items = [...known.map((instance) => item(instance.id, details(instance))), ...gone.map((id) => item(id, ""))];
  return (
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>local</requestId>' +
    `<reservationSet><item><reservationId>r-local</reservationId><instancesSet>${items.join("")}</instancesSet>` +
    "</item></reservationSet></DescribeInstancesResponse>"
  );
}

/** `Filter.N.Name` with `Filter.N.Value.M`. */
function filtersOf(
  parameters: URLSearchParams,
): readonly { readonly tag: string; readonly values: readonly string[] }[] {
  return [...parameters].flatMap(([key, name]) => {
    const number = /^Filter\.(\d+)\.Name$/.exec(key)?.[1];
    if (number === undefined) return [];
    if (!name.startsWith("tag:")) throw new Error(`the twin filters instances by tag:… only, got ${name}`);
    const values = [...parameters].filter(([other]) => other.startsWith(`Filter.${number}.Value.`));
    return [{ tag: name.slice("tag:".length), values: values.map(([, value]) => value) }];
  });
}

function item(id: string, more: string): string {
  return (
    `<item><instanceId>${escapeXml(id)}</instanceId><privateIpAddress>127.0.0.1</privateIpAddress>` +
    `<instanceState><code>16</code><name>running</name></instanceState>${more}</item>`
  );
}

function details({ instanceType, launchedAt, tags }: Ec2Instance): string {
  const tagItems = Object.entries(tags).map(
    ([key, value]) => `<item><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></item>`,
  );
  return (
    `<instanceType>${escapeXml(instanceType)}</instanceType><launchTime>${new Date(launchedAt).toISOString()}</launchTime>` +
    `<tagSet>${tagItems.join("")}</tagSet>`
  );
}

/** Text as it may stand in XML. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
