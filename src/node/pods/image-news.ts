import type { Because } from '../../lib/decisions.ts'
import type { ImageNews } from '../images/images.ts'
import type { Said } from './narrator.ts'

/** What is said of an image on its way, in the words that users of Kubernetes know. */
export function imageNews(news: ImageNews, image: string, field: string): Said {
  switch (news.what) {
    case 'present': {
      const message = `Container image "${image}" already present on machine and can be accessed by the pod`
      return { verdict: 'progress', reason: 'ImagePresent', message, field, event: 'Normal', eventReason: 'Pulled' }
    }
    case 'pulling':
      return { verdict: 'progress', reason: 'Pulling', message: `Pulling image "${image}"`, field, event: 'Normal' }
    case 'pulled': {
      const seconds = `${news.ms / 1000}s`
      const message = `Successfully pulled image "${image}" in ${seconds} (${seconds} including waiting). Image size: ${news.bytes} bytes.`
      return { verdict: 'progress', reason: 'Pulled', message, field, event: 'Normal' }
    }
    case 'unreachable': {
      const message = `The registry of image "${image}" does not answer; the image that is on this node is used`
      return {
        verdict: 'progress',
        reason: 'RegistryUnreachable',
        message,
        field,
        because: [{ message: news.error }],
        event: 'Warning',
      }
    }
    case 'failed':
      return {
        verdict: 'refused',
        reason: 'ErrImagePull',
        message: `Failed to pull image "${image}": ${news.error}`,
        field,
        because: [{ message: news.error, facts: { image } }, ...wasHere(news)],
        help: `An image that exists and may be pulled, or \`wherry image import\` of an archive of "${image}"`,
        event: 'Warning',
        eventReason: 'Failed',
      }
    case 'backoff': {
      const message = `Back-off pulling image "${image}"`
      return {
        verdict: 'waiting',
        reason: 'ImagePullBackOff',
        message,
        field,
        because: wasHere(news),
        event: 'Normal',
        eventReason: 'BackOff',
      }
    }
  }
}

function wasHere({ removed }: { readonly removed: string | undefined }): readonly Because[] {
  return removed === undefined ? [] : [{ message: removed }]
}
