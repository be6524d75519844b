// One thing's figures as a node pushes them, in the monitors' own names and units, before anybody looked whether it is known. Pure.
import type { TrafficFigure } from "../shapes/traffic.ts";

/** A counter of bytes; `of`: the network card it belongs to, where a thing has several. */
export interface Counter {
  readonly figure: TrafficFigure;
  readonly of?: string;
  readonly total: number;
}

export interface Told {
  /** The node that measured. */
  readonly node: string;
  readonly about: { readonly kind: "node" } | { readonly kind: "guest"; readonly vmid: number } | { readonly kind: "storage"; readonly storage: string };
  /** Epoch ms of the node's clock; undefined when it did not say. */
  readonly atMs: number | undefined;
  readonly figures: Readonly<Record<string, number>>;
  readonly counters?: readonly Counter[];
}

export interface Heard {
  readonly told: readonly Told[];
  /** Lines or points that are none. */
  readonly broken: number;
}

/** A share as the monitors tell it: percent with one digit. */
export const percent = (share: number): number => Math.round(share * 1000) / 10;

/** As Proxmox itself counts a node's traffic: its cards, not the bridges and taps behind them. */
export const isCard = (device: string): boolean => /^(?:nic\d|eth\d|en[a-z\d]|ib[a-z\d])[^:.]*$/.test(device);
