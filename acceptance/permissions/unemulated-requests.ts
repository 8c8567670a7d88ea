/** Requests that no emulator takes, in the record's form, by the reason why the record lacks them. */
export const UNEMULATED_REQUESTS: Readonly<Record<string, readonly string[]>> = {
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
