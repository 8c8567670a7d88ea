import { mixText, scrambled } from "./block-hash.ts";

/** A replica's name as a number that is the same in every gateway. */
export function rendezvousSeed(id: string): number {
  const state = { high: 0x2545f491, low: 0x4f6cdd1d };
  mixText(state, id);
  return (state.high ^ scrambled(state.low)) >>> 0;
}

/**
 * Highest random weight (rendezvous hashing): for each key the replicas have an order that is the same in all gateways
 * without communication, and in which adding or removing a replica moves that replica only.
 * @param key integer from 0 below 2^48 @returns an integer from 0 below 2^32; the highest wins
 */
export function rendezvousWeight(key: number, seed: number): number {
  return scrambled(scrambled((key >>> 0) ^ seed) + Math.floor(key / 0x1_0000_0000));
}
