import { buildImage } from './build.ts'
import { guestbookImages } from './guestbook/images.ts'
import type { Image } from './image.ts'
import { busyboxImage, nginxImage, webImages } from './web/images.ts'
import { wordpressImages } from './wordpress/images.ts'

/** The images that tests other than conformance run. */
export const testImages: readonly Image[] = [
  busyboxImage,
  nginxImage,
  ...webImages,
  ...guestbookImages,
  ...wordpressImages,
]

/** `node test/images/main.ts [TEXT…]`: builds the images whose name contains one of the texts and prints the archives. */
async function main(texts: readonly string[]): Promise<void> {
  for (const image of testImages) {
    const wanted = texts.length === 0 || image.names.some((name) => texts.some((text) => name.includes(text)))
    if (wanted) console.log(await buildImage(image))
  }
}

if (import.meta.main) await main(process.argv.slice(2))
