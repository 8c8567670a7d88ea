import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set/index.js";
import { Construct } from "constructs";

export interface TrustedAddressesProps {
  /** Start of the sets' names. */
  readonly name: string;
  /** In CIDR notation, at least one. */
  readonly ranges: readonly string[];
}

/** Ranges of addresses that a rule of the firewall leaves out: WAF has a set for each version of IP. */
export class TrustedAddresses extends Construct {
  /** Statement that matches requests from all other addresses, in the names of WAF's rules. */
  readonly othersStatement: Readonly<Record<string, unknown>>;
  /** Statements that together mean the same, for a rule with further ones: AWS's provider takes only so many in each other. */
  readonly othersStatements: readonly Readonly<Record<string, unknown>>[];

  constructor(scope: Construct, id: string, { name, ranges }: TrustedAddressesProps) {
    super(scope, id);
    const isV6 = (range: string) => range.includes(":");
    const versions = [
      { setId: "V4", ipAddressVersion: "IPV4", addresses: ranges.filter((range) => !isV6(range)) },
      { setId: "V6", ipAddressVersion: "IPV6", addresses: ranges.filter(isV6) },
    ];
    const statements = versions
      .filter(({ addresses }) => addresses.length > 0)
      .map(({ setId, ...settings }) => {
        const set = new Wafv2IpSet(this, setId, {
          ...settings,
          name: `${name}-trusted-${setId.toLowerCase()}`,
          scope: "REGIONAL",
        });
        return { ip_set_reference_statement: { arn: set.arn } };
      });
    const [first] = statements;
    const any = statements.length > 1 ? { or_statement: { statement: statements } } : first;
    this.othersStatements = statements.map((statement) => ({ not_statement: { statement: [statement] } }));
    this.othersStatement = { not_statement: { statement: [any] } };
  }
}
