import type { Dialect } from "../index.ts";
import { isSigned, readGate } from "./gate.rules.ts";
import { read } from "./read.rules.ts";
import { forgedFields, refusedFields, returnFields, signed } from "./return.rules.ts";
import { write } from "./write.rules.ts";

export const nestpay: Dialect = {
  routes: { "/fim/api": "api", "/fim/est3dgate": "gate" },
  read,
  write,
  charset: "iso-8859-9",
  gate: {
    read: readGate,
    isSigned,
    returned: returnFields,
    refused: refusedFields,
    forged: forgedFields,
    sign: signed,
  },
};
