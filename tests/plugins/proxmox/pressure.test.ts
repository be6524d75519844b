// How a guest's waiting is told: in words a person understands, where it is of note, and not at all where it is not measured.
import { expect, test } from "bun:test";
import { Current } from "../../../plugins/proxmox/shapes/guest.ts";
import { newestPressure, Samples } from "../../../plugins/proxmox/shapes/machine.ts";
import { burden, pressureOf } from "../../../plugins/proxmox/shapes/pressure.ts";

const told = (more: object) => pressureOf(Current.parse({ status: "running", ...more }));

test("a guest that waits is told what for, how long, and whether all of it stood still", () => {
  // Containers' figures come as text.
  const pressure = told({ pressurecpusome: "12.40", pressureiosome: 71.3, pressureiofull: 55.9, pressurememorysome: "0.00", pressurememoryfull: 0 });
  expect(burden(pressure)).toBe(
    "Over the last ten seconds work inside it had to wait for a processor 12 % of the time, for its disks 71 % of the time (and for 56 % all of it stood still).",
  );
  expect(burden(told({ pressureiosome: 0, pressurememorysome: 28, pressurememoryfull: 2 }))).toContain("for memory 28 % of the time.");
});

test("hardly any waiting is not spoken of, and before Proxmox VE 9 nothing is known", () => {
  expect(burden(told({ pressureiosome: 4.2, pressurememorysome: 0 }))).toBeUndefined();
  expect([told({}), burden(undefined)]).toEqual([undefined, undefined]);
});

test("a machine's is that of its newest sample that has one", () => {
  const samples = Samples.parse([{ time: 1, pressureiosome: 1, pressurememorysome: 2 }, { time: 2, pressureiosome: 3, pressurememorysome: 4 }, { time: 3 }]);
  expect(newestPressure(samples)).toEqual({ pressureIoSomePercent: 3, pressureMemorySomePercent: 4 });
  expect(newestPressure(Samples.parse([{ time: 1 }]))).toBeUndefined();
});
