import type { z } from "zod";
import { type Service, service } from "./deps.ts";
import { startDirect, startDirectInsurance } from "./payment.ts";
import { version } from "./version.ts";

/** Every service of this wire that is built. */
export const services: readonly Service<z.ZodType>[] = [
  service(version),
  service(startDirect),
  service(startDirectInsurance),
];
