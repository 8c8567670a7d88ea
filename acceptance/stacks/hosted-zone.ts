import { callAws } from "../aws-client/aws-call.ts";

/** The hosted zone that an operator has before a first apply. @returns its id */
export async function makeHostedZone(url: string): Promise<string> {
  const response = await callAws(url, "route53", {
    method: "POST",
    path: "/2013-04-01/hostedzone",
    body:
      '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">' +
      "<Name>example.com</Name><CallerReference>proof</CallerReference></CreateHostedZoneRequest>",
  });
  const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(response)?.[1];
  if (id === undefined) throw new Error(`no hosted zone was made: ${response}`);
  return id;
}
