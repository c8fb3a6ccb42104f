// The address of what is on screen, as a QR code and to be copied.

/** Has a button open the dialog. */
export const offerLink = (button, dialog) => {
  button.onclick = async () => {
    const { default: qrcode } = await import("./packages/qrcode.js")
    const code = qrcode(0, "M")
    code.addData(location.href)
    code.make()
    dialog.querySelector(".address").textContent = location.href
    const image = dialog.querySelector("img")
    image.src = code.createDataURL(8, 16)
    image.alt = `QR code of ${location.href}`
    dialog.showModal()
  }
}
