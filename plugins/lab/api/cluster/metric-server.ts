// The parameters of a metric server: Graphite, InfluxDB, and OpenTelemetry on 9.x.
import { COUNT, FLAG, oneOf, type Rule, type Rules, required, TEXT } from "../../front/parameters.ts";
import type { Dialect } from "../../world/state.ts";

const MAX_PORT = 65_535;
const PORT: Rule = { type: "integer", min: 1, max: MAX_PORT };

const SHARED: Rules = {
  "api-path-prefix": TEXT,
  bucket: TEXT,
  disable: FLAG,
  influxdbproto: oneOf("udp", "http", "https"),
  "max-body-size": { ...COUNT, min: 1 },
  mtu: { type: "integer", min: 512, max: 65_536 },
  organization: TEXT,
  path: TEXT,
  proto: oneOf("udp", "tcp"),
  timeout: COUNT,
  token: TEXT,
  "verify-certificate": FLAG,
  server: required(TEXT),
  port: required(PORT),
};

const TELEMETRY: Rules = {
  "otel-compression": oneOf("none", "gzip"),
  "otel-headers": { ...TEXT, maxLength: 1_024 },
  "otel-max-body-size": { ...COUNT, min: 1_024 },
  "otel-path": TEXT,
  "otel-protocol": oneOf("http", "https"),
  "otel-resource-attributes": { ...TEXT, maxLength: 1_024 },
  "otel-timeout": { type: "integer", min: 1, max: 10 },
  "otel-verify-ssl": FLAG,
};

export function metricServerRules(dialect: Dialect, fresh: boolean): Rules {
  const kinds = dialect === "9.1" ? oneOf("graphite", "influxdb", "opentelemetry") : oneOf("graphite", "influxdb");
  const rules = { ...SHARED, ...(dialect === "9.1" ? TELEMETRY : {}) };
  return fresh ? { ...rules, type: required(kinds) } : { ...rules, delete: { ...TEXT, maxLength: 4_096 }, digest: { ...TEXT, maxLength: 64 } };
}
