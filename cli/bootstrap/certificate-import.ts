import { ACMClient, ImportCertificateCommand, ResourceNotFoundException } from "@aws-sdk/client-acm";
import type { Environment } from "../../environments/schema.ts";
import { UserError } from "../terminal/user-error.ts";
import type { OwnCertificate } from "./own-certificate.ts";

/** Where a certificate goes. */
export interface CertificateStore {
  /**
   * @param previous ARN of the certificate that it takes the place of; whatever uses that one then uses this
   * @returns its ARN
   */
  put(certificate: OwnCertificate, environment: Environment, previous?: string): Promise<string>;
}

/** ACM of the environment's region. Endpoint and credentials come from the AWS SDK's own settings. */
export class AcmCertificateStore implements CertificateStore {
  async put(own: OwnCertificate, { name, region, tags }: Environment, previous?: string): Promise<string> {
    const all = { Project: "sluice", Environment: name, ...tags };
    const request = new ImportCertificateCommand({
      Certificate: Buffer.from(own.certificate),
      PrivateKey: Buffer.from(own.privateKey),
      // ACM takes tags with a new certificate only.
      ...(previous === undefined
        ? { Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) }
        : { CertificateArn: previous }),
    });
    try {
      const { CertificateArn } = await new ACMClient({ region }).send(request);
      if (CertificateArn === undefined) throw new Error("ACM answered without an ARN");
      return CertificateArn;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new UserError(
        `There is no certificate ${previous} to renew; remove certificate_arn from terraform.tfvars.json and try again.`,
      );
    }
  }
}
