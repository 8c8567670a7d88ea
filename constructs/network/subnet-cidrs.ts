/** Prefix length of every subnet: 4,096 addresses, so that 16 subnets fit into a /16. */
const SUBNET_PREFIX = 20;

export interface SubnetCidrs {
  readonly public: readonly string[];
  readonly gateway: readonly string[];
  readonly private: readonly string[];
}

/**
 * Cuts /20 subnets out of the VPC's range: public ones from the start, gateways' from a quarter of it, private ones from
 * the middle, so that a third zone later moves no subnet that exists.
 * @throws when the range is too small for the zones
 */
export function subnetCidrs(cidr: string, zones: number): SubnetCidrs {
  const [base = "", prefixText = ""] = cidr.split("/");
  const prefix = Number(prefixText);
  const available = prefix <= SUBNET_PREFIX ? 2 ** (SUBNET_PREFIX - prefix) : 0;
  if (available < 4 * zones) {
    throw new Error(
      `network.cidr ${cidr} holds ${available} subnets of /${SUBNET_PREFIX}, ${zones} zones need ${4 * zones}; use a /16`,
    );
  }
  const size = 2 ** (32 - SUBNET_PREFIX);
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const subnet = (index: number) => `${dotted(start + index * size)}/${SUBNET_PREFIX}`;
  const indexes = Array.from({ length: zones }, (_, index) => index);
  return {
    public: indexes.map(subnet),
    gateway: indexes.map((index) => subnet(available / 4 + index)),
    private: indexes.map((index) => subnet(available / 2 + index)),
  };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
