// Hands the visitor a file, as a download.

export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.download = name
  link.href = URL.createObjectURL(content)
  link.click()
  // Browsers read the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
