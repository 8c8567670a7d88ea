const SESSION_DOCUMENT = "arn:aws:ssm:{region}:{account}:document/{name}-shell";

const DELIVERY_STREAM = "arn:aws:firehose:{region}:{account}:deliverystream/{name}-audit-events";

const IP_SET = "arn:aws:wafv2:{region}:{account}:regional/ipset/{name}-trusted-v4";

/** Requests that the record lacks, in its form, by the reason. */
export const UNEMULATED_REQUESTS: Readonly<Record<string, readonly string[]>> = {
  // aws_ssm_document, as the provider's source calls it
  "no run changes the document of sessions, or the tags that it was made with": [
    `ssm:AddTagsToResource ${SESSION_DOCUMENT} request-tag`,
    ...["ListTagsForResource", "UpdateDocument", "UpdateDocumentDefaultVersion"].map(
      (action) => `ssm:${action} ${SESSION_DOCUMENT} resource-tag`,
    ),
  ],
  // aws_wafv2_ip_set, as the provider's source calls it; a web ACL that refers to a set is checked on it as well
  "no run changes the sets of trusted addresses, or the web ACL that refers to them": [
    "UpdateIPSet",
    "UpdateWebACL",
  ].map((action) => `wafv2:${action} ${IP_SET}/{id} resource-tag`),
  // aws_kinesis_firehose_delivery_stream, as the provider's source calls it
  "no run changes the destination of the delivery stream": [`firehose:UpdateDestination ${DELIVERY_STREAM}`],
  // aws_api_gateway_domain_name and aws_api_gateway_base_path_mapping, as the provider calls them
  "no emulator has base path mappings of API Gateway's domains": [
    "apigateway:POST arn:aws:apigateway:{region}::/domainnames request-tag",
    "apigateway:GET arn:aws:apigateway:{region}::/domainnames/api.example.com",
    "apigateway:PATCH arn:aws:apigateway:{region}::/domainnames/api.example.com",
    "apigateway:DELETE arn:aws:apigateway:{region}::/domainnames/api.example.com",
    "apigateway:POST arn:aws:apigateway:{region}::/domainnames/api.example.com/basepathmappings",
    "apigateway:GET arn:aws:apigateway:{region}::/domainnames/api.example.com/basepathmappings/(none)",
    "apigateway:DELETE arn:aws:apigateway:{region}::/domainnames/api.example.com/basepathmappings/(none)",
  ],
};
