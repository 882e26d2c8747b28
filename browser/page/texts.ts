import type { Language } from "./language.ts";

type PageTexts = Readonly<{
  pay: string;
  close: string;
  accept: string;
  /** Read out as the name of the overlay. */
  payment: string;
  loading: string;
  problem: string;
  failed: string;
  unreachable: string;
}>;

/** What both scripts say on a shop's page. */
export const pageTexts: Readonly<Record<Language, PageTexts>> = {
  tr: {
    pay: "Ödeme yap",
    close: "Kapat",
    accept: "Tamam",
    payment: "Kartla ödeme",
    loading: "Ödeme sayfası yükleniyor",
    problem: "Ödeme başlatılamadı",
    failed: "İşlem yapılamadı. Lütfen biraz sonra yeniden deneyin.",
    unreachable: "Ödeme sistemine ulaşılamadı. Bağlantınızı kontrol edip yeniden deneyin.",
  },
  en: {
    pay: "Pay",
    close: "Close",
    accept: "OK",
    payment: "Card payment",
    loading: "The payment page is loading",
    problem: "The payment could not be started",
    failed: "This could not be done. Please try again in a moment.",
    unreachable: "The payment system cannot be reached. Check your connection and try again.",
  },
};
