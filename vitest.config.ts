import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          isolate: false,
          sequence: { groupOrder: 0 },
          // Properties run their cases on whatever machine there is.
          testTimeout: 60_000,
          include: [
            "src/**/*.test.ts",
            "browser/**/*.test.ts",
            "test/tidy.test.ts",
            "test/acquirers/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "system",
          sequence: { groupOrder: 1 },
          include: ["test/**/*.test.ts"],
          exclude: ["test/tidy.test.ts", "test/acquirers/**"],
          globalSetup: ["test/support/database.ts"],
          // Beside other work a machine takes several times as long as alone.
          testTimeout: 150_000,
          // What is waited for comes in its time, on whatever machine there is.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 240_000,
          maxWorkers: 3,
          // Each file has a world of its own; loading the product for each took half of the time.
          isolate: false,
        },
      },
    ],
  },
});
