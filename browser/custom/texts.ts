import type { Language } from "../page/language.ts";
import type { ProblemCode } from "./validation.ts";

const tr: Record<ProblemCode, string> = {
  1: "Kart numarasını girin.",
  2: "Kart numarası hatalı.",
  3: "Kartın güvenlik kodunu (CVC) girin.",
  4: "Kartın güvenlik kodu (CVC) hatalı.",
  5: "Son kullanma ayını girin.",
  6: "Son kullanma ayı rakamlardan oluşmalıdır.",
  7: "Son kullanma ayı 1 ile 12 arasında olmalıdır.",
  8: "Son kullanma yılını girin.",
  9: "Son kullanma yılı rakamlardan oluşmalıdır.",
  10: "Son kullanma yılı iki veya dört haneli olmalıdır.",
  11: "Kartın son kullanma tarihi geçmiş.",
  13: "Bir taksit seçeneği seçin.",
  14: "Taksit seçimi geçersiz; yeniden seçin.",
  15: "Kart üzerindeki adı girin.",
  16: "Kart üzerindeki ad yalnızca harflerden oluşmalıdır.",
  17: "Saklanacak karta bir ad verin.",
  18: "Kartı saklamak için cep telefonu numarasını girin.",
  19: "Cep telefonu numarası rakamlardan oluşmalıdır.",
  20: "Cep telefonu numarası 5XX XXX XX XX biçiminde olmalıdır.",
  21: "Kayıtlı kartlarınızdan birini seçin.",
};

const en: Record<ProblemCode, string> = {
  1: "Enter the card number.",
  2: "The card number is wrong.",
  3: "Enter the security code (CVC) of the card.",
  4: "The security code (CVC) of the card is wrong.",
  5: "Enter the month of expiry.",
  6: "The month of expiry must be a number.",
  7: "The month of expiry must be between 1 and 12.",
  8: "Enter the year of expiry.",
  9: "The year of expiry must be a number.",
  10: "The year of expiry must have two or four digits.",
  11: "The card has expired.",
  13: "Choose how many instalments to pay in.",
  14: "The chosen instalments are not valid; choose again.",
  15: "Enter the name on the card.",
  16: "The name on the card may have letters only.",
  17: "Give the card to be stored a name.",
  18: "Enter a mobile phone number to store the card.",
  19: "The mobile phone number must be a number.",
  20: "The mobile phone number must look like 5XX XXX XX XX.",
  21: "Choose one of your stored cards.",
};

export const problemTexts: Readonly<Record<Language, Record<ProblemCode, string>>> = { tr, en };
