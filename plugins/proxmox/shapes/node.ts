// GET /nodes/N/status, as far as its memory: `available` is told from 9.0 on, `free` always.
import { z } from "jarvis";
import { looseNumber } from "./loose.ts";

export const NodeMemory = z.object({ memory: z.object({ total: looseNumber, used: looseNumber, free: looseNumber, available: looseNumber }) });
