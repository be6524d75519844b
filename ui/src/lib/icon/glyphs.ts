// The glyphs as paths on a 16 by 16 grid. `stroke`: its width, else filled; `knock`: in the colour of the ground.

interface Part {
  readonly d: string;
  readonly stroke?: number;
  readonly dash?: string;
  readonly knock?: true;
}

export type GlyphName =
  | "ok"
  | "warn"
  | "crit"
  | "act"
  | "off"
  | "stale"
  | "hurt"
  | "info"
  | "check"
  | "close"
  | "send"
  | "stop"
  | "hold"
  | "play"
  | "deck"
  | "incidents"
  | "chat"
  | "plugins"
  | "audit"
  | "settings"
  | "list"
  | "find"
  | "shield";

const circle = (radius: number): string => `M${8 - radius} 8a${radius} ${radius} 0 1 0 ${radius * 2} 0a${radius} ${radius} 0 1 0 ${-radius * 2} 0`;
const orb: Part[] = [{ d: circle(2.6) }, { d: "M2.200 6.600A6 6 0 0 1 8 2", stroke: 1.7 }, { d: "M13.800 9.400A6 6 0 0 1 8 14", stroke: 1.7 }];

export const GLYPHS: Readonly<Record<GlyphName, readonly Part[]>> = {
  ok: [{ d: circle(4.4) }],
  warn: [{ d: "M8 1.600 15.200 14.400H0.800Z" }, { d: "M8 6v4", stroke: 1.8, knock: true }, { d: "M8 12.300v0.200", stroke: 1.8, knock: true }],
  crit: [{ d: "M8 0.600 15.400 8 8 15.400 0.600 8Z" }, { d: "M6 6l4 4M10 6l-4 4", stroke: 1.6, knock: true }],
  act: orb,
  off: [{ d: circle(5), stroke: 1.6, dash: "2.200 2.400" }],
  stale: [{ d: circle(5), stroke: 1.6, dash: "2.200 2.400" }],
  hurt: [
    { d: "M2.500 2.200h11", stroke: 1.6 },
    { d: "M8 2.200v5.400", stroke: 1.6 },
    { d: "M4.900 10.700a3.100 3.100 0 1 0 6.200 0a3.100 3.100 0 1 0 -6.200 0", stroke: 1.6 },
  ],
  info: [
    { d: "M2.500 2.500h11v11h-11Z", stroke: 1.5 },
    { d: "M8 7.400v3.200M8 5v0.200", stroke: 1.6 },
  ],
  check: [{ d: "M2.500 8.500 6.200 12 13.500 4.200", stroke: 1.9 }],
  close: [{ d: "M3.500 3.500l9 9M12.500 3.500l-9 9", stroke: 1.7 }],
  send: [{ d: "M2.500 8h10M8.500 3.600 13 8l-4.500 4.400", stroke: 1.8 }],
  stop: [{ d: "M4 4h8v8h-8Z" }],
  hold: [
    { d: "M5 1.200h6L14.800 5v6L11 14.800H5L1.200 11V5Z", stroke: 1.5 },
    { d: "M6.300 5.600v4.800M9.700 5.600v4.800", stroke: 1.7 },
  ],
  play: [{ d: "M4.500 2.500 13 8l-8.500 5.500Z" }],
  deck: [{ d: "M2 2h5v7h-5ZM9 2h5v4h-5ZM9 8h5v6h-5ZM2 11h5v3h-5Z", stroke: 1.4 }],
  incidents: [
    { d: "M8 2 14.500 13.500H1.500Z", stroke: 1.4 },
    { d: "M8 6.600v3M8 11.400v0.200", stroke: 1.4 },
  ],
  chat: [{ d: "M2 2.800h12v8.400H8.200L5 14v-2.800H2Z", stroke: 1.4 }],
  plugins: [{ d: "M2 2h5v5h-5ZM2 9h5v5h-5ZM9 9h5v5h-5ZM11.500 1.500v6M8.500 4.500h6", stroke: 1.4 }],
  audit: [{ d: "M3.500 1.800h9v12.400h-9ZM6 5.200h4M6 8h4M6 10.800h2.500", stroke: 1.4 }],
  settings: [{ d: "M2 4.500h12M2 11.500h12M5.500 2.700v3.600M10.500 9.700v3.600", stroke: 1.5 }],
  find: [{ d: "M2 7a4.800 4.800 0 1 0 9.600 0a4.800 4.800 0 1 0 -9.600 0M10.400 10.400 14.200 14.200", stroke: 1.6 }],
  list: [{ d: "M5.500 4h8.500M5.500 8h8.500M5.500 12h8.500M2 4h0.500M2 8h0.500M2 12h0.500", stroke: 1.6 }],
  shield: [{ d: "M8 1.600 13.500 3.600V8c0 3.200-2.200 5.400-5.500 6.500C4.700 13.400 2.500 11.200 2.500 8V3.600Z", stroke: 1.4 }],
};
