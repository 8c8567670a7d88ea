import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { asObject, asText } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { expectEqual, type StackAssertion } from "./assertion.ts";

export const SITE: readonly StackAssertion[] = [
  {
    claim: "the page's configuration has the API's address",
    types: ["aws_s3_object"],
    check: async ({ client, outputs }) => {
      const s3 = new S3Client({ ...client, forcePathStyle: true });
      const Bucket = asText(outputs.site_bucket);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "config.json" }));
      const { apiUrl } = parseObject((await Body?.transformToString()) ?? "{}");
      expectEqual("start of apiUrl", asText(apiUrl).slice(0, 8), "https://");
      const page = await s3.send(new GetObjectCommand({ Bucket, Key: "index.html" }));
      expectEqual("content type of index.html", page.ContentType?.startsWith("text/html"), true);
    },
  },
  {
    claim: "browsers are redirected to HTTPS and get the page's security policy",
    types: ["aws_cloudfront_distribution", "aws_cloudfront_response_headers_policy"],
    check: async ({ url, attributes }) => {
      const values = (type: string) =>
        asObject(Object.entries(attributes).find(([address]) => address.startsWith(`${type}.`))?.[1]);
      const id = asText(values("aws_cloudfront_distribution").id);
      const response = await callAws(url, "cloudfront", {
        method: "GET",
        path: `/2020-05-31/distribution/${id}/config`,
      });
      expectEqual("viewer protocol", response.includes("<ViewerProtocolPolicy>redirect-to-https<"), true);
      const policy = asText(values("aws_cloudfront_response_headers_policy").id);
      expectEqual("headers policy", response.includes(`<ResponseHeadersPolicyId>${policy}<`), true);
    },
  },
];
