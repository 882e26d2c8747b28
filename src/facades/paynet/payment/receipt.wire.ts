import { z } from "zod";
import { freeText, text } from "../wire/formats.ts";

/** Four letters or digits; people and forms put spaces among them. */
const code = text(20);

/**
 * What `payment` and `tds_initial` take for a receipt that is made out to an end user. The public
 * documents do not show the code's name; either is taken. Without a code nothing here is looked at.
 */
export const endUserShape = {
  otp_code: code.optional(),
  otp: code.optional(),
  end_user_name: freeText(50).optional(),
  end_user_surname: freeText(50).optional(),
  end_user_tckn: freeText(20).optional(),
  end_user_vkn: freeText(20).optional(),
  end_user_phone: freeText(30).optional(),
  end_user_mail: text(254).optional(),
  end_user_address: freeText(250).optional(),
};

/** Camel case on the wire, and eleven digits with a zero before them. */
export const ReceiptOtpBody = z
  .object({ phoneNumber: freeText(30) })
  .meta({ id: "EndUserReceiptOtp" });
