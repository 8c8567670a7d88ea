import {
  CloudfrontDistribution,
  type CloudfrontDistributionConfig,
} from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { SiteConfig } from "../../contracts/processes/site-config.ts";
import { CONSOLE_FOLDER, CONSOLE_PAGES, pathsOf } from "../../contracts/site/console-pages.ts";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { PrivateBucket, tlsOnlyStatement } from "../data/private-bucket.ts";
import { type SessionOrigin, sessionBehavior, sessionOrigin } from "./session-behavior.ts";
import { SHORT_LIVED, type SiteFile, siteFiles } from "./site-files.ts";

export interface SiteDomain {
  readonly name: string;
  readonly hostedZoneId: string;
  /** Certificate of the name in us-east-1, where CloudFront reads them. */
  readonly certificateArn: string;
}

export interface StaticSiteProps {
  readonly name: string;
  /** Customer key of the bucket; its policy lets CloudFront use it. */
  readonly kmsKeyArn: string;
  /** Folder of the built page. */
  readonly directory: string;
  /** Folder of the built console. @default - the page is alone */
  readonly consoleDirectory?: string | undefined;
  /** Becomes `config.json` beside the page. */
  readonly config: SiteConfig;
  /** The page's own name. @default - CloudFront's */
  readonly domain?: SiteDomain | undefined;
  /** Where the page's origin passes requests of browsers' sessions. @default - browsers have none */
  readonly sessions?: SessionOrigin | undefined;
  /** Origin of the API, the only other origin that the page may connect to. */
  readonly apiOrigin: string;
}

/** AWS's managed cache policy CachingOptimized: compresses, and caches as Cache-Control says. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** Names and certificate of the distribution. */
function viewerSettings(
  domain: SiteDomain | undefined,
): Pick<CloudfrontDistributionConfig, "aliases" | "viewerCertificate"> {
  if (domain === undefined) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  return {
    aliases: [domain.name],
    viewerCertificate: {
      acmCertificateArn: domain.certificateArn,
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021", // AWS's recommendation; no earlier TLS
    },
  };
}

/** The demo page: files in a private bucket, served by CloudFront over HTTPS with strict headers. */
export class StaticSite extends Construct {
  readonly resource: CloudfrontDistribution;
  readonly bucketName: string;
  /** `https://<id>.cloudfront.net`, or of the page's own name. */
  readonly url: string;

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(
    scope: Construct,
    id: string,
    { name, kmsKeyArn, directory, consoleDirectory, config, domain, sessions, apiOrigin }: StaticSiteProps,
  ) {
    super(scope, id);
    const bucket = new PrivateBucket(this, "Bucket", {
      namePrefix: `${name}-site-`,
      kmsKeyArn,
      isProtected: false, // a deployment can build all its content again
      oldVersionDays: 30,
      hasOwnPolicy: true,
    });
    this.bucketName = bucket.bucketName;
    const originAccess = new CloudfrontOriginAccessControl(this, "OriginAccess", {
      name,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const headers = new CloudfrontResponseHeadersPolicy(this, "Headers", {
      name,
      securityHeadersConfig: {
        contentSecurityPolicy: {
          contentSecurityPolicy: contentSecurityPolicy({ apiOrigin, trustedTypes: consoleDirectory !== undefined }),
          override: true,
        },
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      },
      customHeadersConfig: {
        items: [
          {
            header: "permissions-policy",
            value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            override: true,
          },
        ],
      },
    });
    this.resource = new CloudfrontDistribution(this, "Default", {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: "PriceClass_100", // North America and Europe, the cheapest; others are served from there
      defaultRootObject: "index.html",
      origin: [
        {
          originId: "bucket",
          domainName: bucket.resource.bucketRegionalDomainName,
          originAccessControlId: originAccess.id,
        },
        ...(sessions ? [sessionOrigin(sessions)] : []),
      ],
      defaultCacheBehavior: {
        targetOriginId: "bucket",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        compress: true,
        cachePolicyId: CACHING_OPTIMIZED,
        responseHeadersPolicyId: headers.id,
      },
      ...(sessions ? { orderedCacheBehavior: [sessionBehavior(headers.id)] } : {}),
      // The page renders at any path, but with the true status: a missing script must not look like one that
      // came as HTML. 403 is what S3 says of a missing file to those who may not list.
      customErrorResponse: [403, 404].map((errorCode) => ({
        errorCode,
        responseCode: 404,
        responsePagePath: "/index.html",
        errorCachingMinTtl: 10,
      })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      ...viewerSettings(domain),
    });
    this.url = `https://${domain?.name ?? this.resource.domainName}`;
    if (domain) this.#addRecords(domain);

    new S3BucketPolicy(this, "BucketPolicy", {
      bucket: bucket.bucketName,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          tlsOnlyStatement(bucket.arn),
          {
            Sid: "ReadByDistribution",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: `${bucket.arn}/*`,
            Condition: { StringEquals: { "AWS:SourceArn": this.resource.arn } },
          },
        ],
      }),
      dependsOn: [bucket.publicAccessBlock],
    });
    this.#uploadFiles(directory, bucket.bucketName);
    if (consoleDirectory !== undefined) this.#uploadConsole(consoleDirectory, bucket.bucketName);
    new S3Object(this, "Config", {
      bucket: bucket.bucketName,
      key: "config.json",
      content: JSON.stringify(config),
      contentType: "application/json",
      cacheControl: SHORT_LIVED,
    });
  }

  /** The name's addresses, of both IP versions: the distribution has both. */
  #addRecords({ name, hostedZoneId }: SiteDomain): void {
    for (const type of ["A", "AAAA"])
      new Route53Record(this, `Name${type}`, {
        zoneId: hostedZoneId,
        name,
        type,
        alias: {
          name: this.resource.domainName,
          zoneId: this.resource.hostedZoneId,
          evaluateTargetHealth: false, // CloudFront has no health that Route 53 reads
        },
      });
  }

  #uploadFiles(directory: string, bucket: string): void {
    const files = siteFiles(directory).filter(({ key }) => key !== "config.json"); // a build's own is for development
    const asset = new TerraformAsset(this, "Build", { path: directory, type: AssetType.DIRECTORY });
    const group = new Construct(this, "Files");
    for (const file of files) {
      // A page is at its path, as nothing at the edge adds the ending: the documentation's are `/docs` and `/docs/<page>`.
      const upload = { bucket, asset, file };
      const name = file.stableName.replaceAll("/", ".");
      if (file.key === "index.html" || !file.key.endsWith(".html"))
        uploadFile(group, { ...upload, name, key: file.key });
      else uploadPage(group, { ...upload, name, page: file.key.replace(/\.html$/, "") });
    }
  }

  /** The console's files in a folder of their own, and the HTML of each page under its path. */
  #uploadConsole(directory: string, bucket: string): void {
    const asset = new TerraformAsset(this, "ConsoleBuild", { path: directory, type: AssetType.DIRECTORY });
    const group = new Construct(this, "ConsoleFiles");
    const pages = new Construct(this, "ConsolePages");
    const files = siteFiles(directory);
    for (const file of files.filter(({ key }) => !key.endsWith(".html"))) {
      const name = file.stableName.replaceAll("/", ".");
      uploadFile(group, { bucket, asset, file, name, key: `${CONSOLE_FOLDER}/${file.key}` });
    }
    for (const page of CONSOLE_PAGES) {
      const file = files.find(({ key }) => key === `${page}.html`);
      if (file === undefined)
        throw new Error(`The console's build at ${directory} has no ${page}.html; run \`npm run build\` first.`);
      uploadPage(pages, { bucket, asset, file, name: page, page });
    }
  }
}

interface FileUpload {
  readonly bucket: string;
  /** The build that has the file. */
  readonly asset: TerraformAsset;
  readonly file: SiteFile;
  /** Name of the resource. */
  readonly name: string;
  /** Key in the bucket. */
  readonly key: string;
}

/** A page under both of its paths. S3 has no redirect for one that CloudFront reads by its own name, and nothing runs at the edge. */
function uploadPage(
  scope: Construct,
  { page, name, ...file }: Omit<FileUpload, "key"> & { readonly page: string },
): void {
  const [key, folder] = pathsOf(page);
  uploadFile(scope, { ...file, name, key });
  uploadFile(scope, { ...file, name: `${name.replace(/\.html$/, "")}.folder`, key: folder });
}

function uploadFile(scope: Construct, { bucket, asset, file, name, key }: FileUpload): void {
  new S3Object(scope, name, {
    bucket,
    key,
    source: `${asset.path}/${file.key}`,
    sourceHash: file.hash,
    contentType: file.contentType,
    cacheControl: file.cacheControl,
    lifecycle: { createBeforeDestroy: true }, // open pages still fetch the old names while the new ones are uploaded
  });
}
