import { ACMClient, ImportCertificateCommand, ResourceNotFoundException } from "@aws-sdk/client-acm";
import type { Environment } from "../../settings/environment.ts";
import { accessTo, clientSettings } from "../operator/aws-access.ts";
import { UserError } from "../terminal/user-error.ts";
import type { SelfSignedCertificate } from "./self-signed-certificate.ts";

/** Stores certificates for the load balancer. */
export interface CertificateStore {
  /**
   * @param previous ARN of the certificate that it replaces; every user of that ARN then uses this certificate
   * @returns its ARN
   */
  put(certificate: SelfSignedCertificate, environment: Environment, previous?: string): Promise<string>;
}

/** ACM of the environment's region. */
export class AcmCertificateStore implements CertificateStore {
  async put(pem: SelfSignedCertificate, environment: Environment, previous?: string): Promise<string> {
    const { name, tags } = environment;
    const all = { Project: "sluice", Environment: name, ...tags };
    const request = new ImportCertificateCommand({
      Certificate: Buffer.from(pem.certificate),
      PrivateKey: Buffer.from(pem.privateKey),
      // ACM accepts tags only with a new certificate.
      ...(previous === undefined
        ? { Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) }
        : { CertificateArn: previous }),
    });
    try {
      const { CertificateArn } = await new ACMClient(clientSettings(accessTo(environment))).send(request);
      if (CertificateArn === undefined) throw new Error("ACM's response has no ARN");
      return CertificateArn;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new UserError(
        `The certificate ${previous} does not exist, so it can't be renewed; remove certificate_arn ` +
          `from terraform.tfvars.json and try again.`,
      );
    }
  }
}
