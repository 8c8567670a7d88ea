import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "./self-signed-certificate.ts";

describe("a self-signed certificate", async () => {
  const { certificate, privateKey } = await makeCertificate("api.sluice.internal");
  const read = new X509Certificate(certificate);

  test("is for the name that API Gateway calls", () => {
    expect(read.checkHost("api.sluice.internal")).toBe("api.sluice.internal");
    expect(read.checkHost("other.sluice.internal")).toBeUndefined();
  });

  test("is its own authority, as API Gateway requires of an unknown chain", () => {
    expect(read.ca).toBe(true);
    expect(read.checkIssued(read)).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
  });

  test("belongs to the key", () => {
    expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  });

  test("lasts 825 days", () => {
    const days = (read.validToDate.getTime() - read.validFromDate.getTime()) / 86_400_000;
    expect(days).toBe(825);
  });

  test("an invalid name is refused with openssl's reason", async () => {
    await expect(makeCertificate("")).rejects.toThrow(/openssl ended with exit code 1: /);
  });
});
