// Unpacks Chromium, its fonts and libraries into TMPDIR: the package knows no other place.
import chromium from "@sparticuz/chromium";

await chromium.executablePath();
