import type { Dialect } from "../index.ts";
import { read } from "./read.rules.ts";
import { write } from "./write.rules.ts";

export const nestpay: Dialect = {
  routes: { "/fim/api": "api", "/fim/est3dgate": "page" },
  read,
  write,
  charset: "iso-8859-9",
};
