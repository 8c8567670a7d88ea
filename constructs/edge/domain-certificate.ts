import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate/index.js";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation/index.js";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Construct } from "constructs";

export interface DomainCertificateProps {
  readonly domainName: string;
  /** Route 53 zone of the validation record. */
  readonly hostedZoneId: string;
  /** Provider of the certificate's region. @default - the stack's */
  readonly provider?: AwsProvider | undefined;
}

/** A public certificate, validated by DNS; ACM renews it for as long as the record exists. */
export class DomainCertificate extends Construct {
  readonly resource: AcmCertificate;
  /** Known only once the certificate is issued. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { domainName, hostedZoneId, provider }: DomainCertificateProps) {
    super(scope, id);
    this.resource = new AcmCertificate(this, "Default", {
      domainName,
      validationMethod: "DNS",
      ...(provider ? { provider } : {}),
      lifecycle: { createBeforeDestroy: true }, // listeners must never be without a certificate
    });
    const proof = this.resource.domainValidationOptions.get(0); // one name, so one option
    const record = new Route53Record(this, "Proof", {
      zoneId: hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      allowOverwrite: true, // the same name in another region has the same record
    });
    this.arn = new AcmCertificateValidation(this, "Validation", {
      certificateArn: this.resource.arn,
      validationRecordFqdns: [record.fqdn],
      ...(provider ? { provider } : {}),
    }).certificateArn;
  }
}
