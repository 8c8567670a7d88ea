import { join } from "node:path";
import type { Bucket } from "./bucket.ts";
import { BucketNotifications } from "./bucket-notifications.ts";
import { ObjectFolder } from "./object-folder.ts";

/** The buckets of the stacks: the objects that the stacks put there, and those of the processes. */
export class S3Runtime {
  readonly buckets = new Map<string, Bucket>();
  readonly notifications: BucketNotifications;
  readonly #workFolder: string;
  readonly #objectFolders = new Map<string, ObjectFolder>();

  constructor(workFolder: string, report: (line: string) => void) {
    this.#workFolder = workFolder;
    this.notifications = new BucketNotifications({ folder: notificationsFolder(workFolder), report });
  }

  /** What processes put into a bucket of the stacks; `undefined` when there is no such bucket. */
  objectFolder(name: string): ObjectFolder | undefined {
    if (!this.buckets.has(name)) return undefined;
    const known = this.#objectFolders.get(name);
    if (known !== undefined) return known;
    const folder = new ObjectFolder(join(bucketsFolder(this.#workFolder), name));
    this.#objectFolders.set(name, folder);
    return folder;
  }

  /** The bucket behind a domain name of `bucketDomainName`. */
  bucketByDomain(domain: string): Bucket | undefined {
    return this.buckets.get(domain.replace(/\.s3\.local$/, ""));
  }
}

export interface WithS3 {
  readonly s3: S3Runtime;
}

/** The domain name of a bucket, as an origin of CloudFront names it. */
export function bucketDomainName(bucket: string): string {
  return `${bucket}.s3.local`;
}

/** Where the notifications are that were not delivered. */
export function notificationsFolder(workFolder: string): string {
  return join(workFolder, "notifications");
}

/** Where the objects of all buckets are. */
export function bucketsFolder(workFolder: string): string {
  return join(workFolder, "buckets");
}
