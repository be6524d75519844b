// The few pieces of DER (X.690) an X.509 certificate is made of. It only writes; it reads nothing and knows no certificate.

const length = (size: number): number[] => {
  if (size < 0x80) return [size];
  if (size < 0x100) return [0x81, size];
  return [0x82, size >> 8, size & 0xff];
};

export function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(body.length)]), body]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const setOf = (...parts: Uint8Array[]): Buffer => tlv(0x31, ...parts);
export const integer = (bytes: Uint8Array): Buffer => tlv(0x02, bytes);
export const text = (value: string): Buffer => tlv(0x0c, Buffer.from(value, "utf8"));
export const octets = (...parts: Uint8Array[]): Buffer => tlv(0x04, ...parts);
export const bits = (bytes: Uint8Array): Buffer => tlv(0x03, Buffer.from([0]), bytes);
export const yes = (): Buffer => tlv(0x01, Buffer.from([0xff]));
export const time = (when: Date): Buffer => tlv(0x18, Buffer.from(`${when.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const group = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) group.unshift((left & 0x7f) | 0x80);
    bytes.push(...group);
  }
  return tlv(0x06, Buffer.from(bytes));
}
