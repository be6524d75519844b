// Whether a name or an address is outside the house: on the internet, and not in the networks kept for private use (RFC 1918, 3927, 4193, 6598, 6762, 8375). Pure.

const V4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const PRIVATE_V4 = /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|2[3-5]\d)\./;
const V6 = /^[0-9a-f]*:[0-9a-f:.]+$/i;
const PRIVATE_V6 = /^(?:::|f[cdef])/i;
const NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\.?$/i;
const PRIVATE_NAME = /\.(?:local|lan|home|internal|intranet|localdomain|home\.arpa)\.?$/i;

/** `9.9.9.9`, `download.proxmox.com:80`, `[2620:fe::fe]:53`. */
export const isOutside = (target: string): boolean => {
  const host = target.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/^([^:]+):\d+$/, "$1");
  if (V4.test(host)) return !PRIVATE_V4.test(host);
  if (V6.test(host)) return !PRIVATE_V6.test(host);
  return NAME.test(host) && !PRIVATE_NAME.test(host);
};
