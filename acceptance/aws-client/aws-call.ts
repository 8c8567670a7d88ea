import { ACCOUNT } from "../tools/emulators.ts";

/** What to ask of a service, in its own protocol. */
export type Question =
  | { readonly action: string; readonly version: string; readonly fields?: Readonly<Record<string, string>> }
  | { readonly target: string; readonly body?: object }
  /** A text is XML, an object becomes JSON. */
  | { readonly method: string; readonly path: string; readonly body?: object | string };

/**
 * Asks the front door for what no installed SDK client asks. The signature is only there to name the service.
 * @returns the body of the answer
 * @throws with the answer when it is a refusal
 */
export async function askAws(url: string, service: string, question: Question): Promise<string> {
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const response = await fetch(`${url}${"path" in question ? question.path : "/"}`, request(question, headers));
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} answered ${JSON.stringify(question)} with ${response.status}: ${text}`);
  return text;
}

function request(question: Question, headers: Record<string, string>): RequestInit {
  if ("action" in question) {
    const fields = { Action: question.action, Version: question.version, ...question.fields };
    return { method: "POST", headers, body: new URLSearchParams(fields) };
  }
  if ("target" in question) {
    const content = { "content-type": "application/x-amz-json-1.1", "x-amz-target": question.target };
    return { method: "POST", headers: { ...headers, ...content }, body: JSON.stringify(question.body ?? {}) };
  }
  if (question.body === undefined) return { method: question.method, headers };
  const isXml = typeof question.body === "string";
  const content = { "content-type": isXml ? "application/xml" : "application/json" };
  const body = isXml ? question.body : JSON.stringify(question.body);
  return { method: question.method, headers: { ...headers, ...content }, body };
}
