// Rows of one height, of which only those in view are there.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'

export interface Virtual {
  ref: RefObject<HTMLDivElement | null>
  first: number
  last: number
  /** Pixels of all rows. */
  height: number
  scrollTo(row: number, where?: 'nearest' | 'start' | 'center'): void
}

/** Keeps some rows above and below what is seen, so that a fast scroll finds them there. */
const SPARE = 12

export function useVirtual(count: number, rowHeight: number): Virtual {
  const ref = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState({ first: 0, last: 40 })

  const measure = () => {
    const box = ref.current
    if (box === null) return
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - SPARE)
    const last = Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + SPARE
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }))
  }

  useLayoutEffect(() => {
    const box = ref.current
    if (box === null) return
    let frame = 0
    const onScroll = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(measure)
    }
    // Tells the size at first, too, and does not force a layout for it.
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [rowHeight])

  return {
    ref,
    first: Math.min(range.first, Math.max(0, count - 1)),
    last: Math.min(range.last, count),
    height: count * rowHeight,
    scrollTo(row, where = 'nearest') {
      const box = ref.current
      if (box === null) return
      const top = row * rowHeight
      if (where === 'start') box.scrollTop = top
      else if (where === 'center') box.scrollTop = top - box.clientHeight / 2 + rowHeight
      else if (top < box.scrollTop) box.scrollTop = top
      else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight
    },
  }
}
