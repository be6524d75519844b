// A house without a login reaches nothing outside this machine, models included.
import { expect, test } from "bun:test";
import { modelDestinations, reachesOutside } from "../../../core/app/open-mode.ts";

const outside = (models: Parameters<typeof modelDestinations>[0]): string | undefined =>
  reachesOutside({ host: "127.0.0.1", dataFolder: "/data", destinations: modelDestinations(models) });

test("models on this machine are inside, all others are named as what is not", () => {
  expect(outside({ local: { baseUrl: "http://127.0.0.1:8080/v1" }, cloud: { provider: "anthropic", baseUrl: "http://[::1]:9000" } })).toBeUndefined();
  expect(outside({})).toBeUndefined();
  expect(outside({ local: { baseUrl: "http://192.168.1.50:8080/v1" } })).toBe("models.local may reach 192.168.1.50:8080, which is not loopback");
  expect(outside({ cloud: { provider: "anthropic" } })).toBe("models.cloud may reach anthropic, which is not loopback");
  expect(outside({ cloud: { provider: "openai", baseUrl: "https://localhost.example.org/v1" } })).toContain("is not loopback");
});
