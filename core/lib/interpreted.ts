// Imported first by the command line: schemas made after it are interpreted. Zod would write and compile a function for each object shape that is ever read;
// a core that reads most shapes a few times a minute pays 25 KiB for each and never earns it back (decision 0006). Nothing is evaluated from text, either.
import { z } from "zod";

z.config({ jitless: true });
