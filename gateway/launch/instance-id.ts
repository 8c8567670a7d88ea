/** Address of the instance's metadata: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const METADATA_URL = "http://169.254.169.254";
/** The service is on the instance itself. */
const TIMEOUT_MS = 2000;
/** Of the token, which is used once. */
const TOKEN_SECONDS = 60;

/**
 * Reads the id of the EC2 instance on which this process runs, with a session token as IMDSv2 requires.
 * @throws when there is no metadata service, or when it refuses
 */
export async function readInstanceId(metadataUrl = METADATA_URL): Promise<string> {
  const token = await read(`${metadataUrl}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS) },
  });
  const id = await read(`${metadataUrl}/latest/meta-data/instance-id`, {
    headers: { "x-aws-ec2-metadata-token": token },
  });
  if (!/^i-[0-9a-f]+$/.test(id))
    throw new Error(`The instance's metadata has no id of an instance, got ${id.slice(0, 40)}`);
  return id;
}

async function read(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`The instance's metadata responded with ${response.status} to ${new URL(url).pathname}`);
  return text;
}
