import { BlockList, isIPv4, isIPv6 } from "node:net";

/** @returns a function that says whether an address is in one of the ranges, in CIDR notation */
export function addressRanges(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false;
  const list = new BlockList();
  for (const range of ranges) {
    const [start = "", bits] = range.split("/");
    list.addSubnet(start, Number(bits), isIPv4(start) ? "ipv4" : "ipv6");
  }
  return (address) => {
    if (isIPv4(address)) return list.check(address, "ipv4");
    return isIPv6(address) && list.check(address, "ipv6");
  };
}
