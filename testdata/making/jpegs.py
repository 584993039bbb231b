"""still/*.jpg: what cameras, phones and picture editors write, and what they get wrong."""

from . import exif, icc, jpeg, photos, resample

XMP = ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
       'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">'
       '<dc:creator>CANARY creator</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>')


def thumbnail(pixels):
    """A small JPEG with its own canary comment."""
    small = photos.reduced(pixels, 32, max(1, 32 * pixels.shape[0] // pixels.shape[1]))
    return jpeg.insert(jpeg.encode(small, 70), jpeg.comment("CANARY thumbnail"))


def astronaut():
    """As a phone stores a portrait: on its side, in Display P3, with a location, a thumbnail, a comment."""
    pixels = resample.stored(resample.from_srgb(photos.astronaut(), icc.P3), 6)
    tiff = exif.tiff(6, gps=True, thumbnail=thumbnail(pixels), thumbnail_orientation=6)
    return jpeg.insert(jpeg.encode(pixels, 90, subsampling="4:2:0"),
                       jpeg.exif(tiff), jpeg.xmp(XMP), jpeg.icc(icc.P3), jpeg.comment("CANARY comment"))


def files():
    out = {"astronaut.jpg": astronaut()}

    turned = photos.coffee(135, 90)
    for n in range(1, 9):
        data = jpeg.encode(resample.stored(turned, n), 92, subsampling="4:2:0")
        out[f"orient-{n}.jpg"] = jpeg.insert(data, jpeg.exif(exif.tiff(n)))

    photo = photos.coffee(95, 63)
    gray = photos.gray(photo)
    plain = jpeg.encode(photo, subsampling="4:2:0")
    out["plain.jpg"] = plain
    out["large.jpg"] = jpeg.encode(photos.coffee(), 80, subsampling="4:2:0", optimize=True)
    out["progressive.jpg"] = jpeg.encode(photo, subsampling="4:2:0", progressive=True)
    out["subsampling-444.jpg"] = jpeg.encode(photo, subsampling="4:4:4")
    out["subsampling-422.jpg"] = jpeg.encode(photo, subsampling="4:2:2")
    out["subsampling-440.jpg"] = jpeg.encode_sampled(photo, "440")
    out["subsampling-411.jpg"] = jpeg.encode_sampled(photo, "411")
    out["rgb.jpg"] = jpeg.encode(photo, keep_rgb=True)
    out["gray.jpg"] = jpeg.encode(gray)
    out["restart.jpg"] = jpeg.encode(photo, subsampling="4:2:0", restart_marker_blocks=3)

    ink = photos.ink(photo)
    out["cmyk.jpg"] = jpeg.encode_ink(ink)
    out["ycck.jpg"] = jpeg.encode_ink(ink, transform=2)
    out["ycck-progressive.jpg"] = jpeg.encode_ink(ink, transform=2, progressive=True)
    out["cmyk-profile.jpg"] = jpeg.insert(jpeg.encode_ink(ink), jpeg.icc(icc.CMYK, pieces=3))

    p3 = jpeg.encode(resample.from_srgb(photo, icc.P3), subsampling="4:4:4")
    wide = jpeg.encode(resample.from_srgb(photo, icc.WIDE), subsampling="4:4:4")
    darker = jpeg.encode(resample.from_srgb(gray, icc.GRAY))
    out["p3.jpg"] = jpeg.insert(p3, jpeg.icc(icc.P3))
    out["wide.jpg"] = jpeg.insert(wide, jpeg.icc(icc.WIDE))
    out["gray-profile.jpg"] = jpeg.insert(darker, jpeg.icc(icc.GRAY))
    out["srgb-profile.jpg"] = jpeg.insert(plain, jpeg.icc(icc.SRGB))
    out["profile-in-pieces.jpg"] = jpeg.insert(wide, jpeg.icc(icc.WIDE, pieces=3))
    # From here on the profile must be ignored with a warning: the pixels stay as they are.
    out["profile-truncated.jpg"] = jpeg.insert(wide, jpeg.icc(icc.WIDE[:200]))
    out["profile-misnumbered.jpg"] = jpeg.insert(wide, jpeg.icc(icc.WIDE, pieces=2, numbers=[(1, 2), (3, 2)]))
    out["profile-piece-missing.jpg"] = jpeg.insert(wide, jpeg.icc(icc.WIDE, pieces=2, numbers=[(1, 3), (2, 3)]))
    out["profile-rgb-on-gray.jpg"] = jpeg.insert(jpeg.encode(gray), jpeg.icc(icc.WIDE))
    out["profile-gray-on-rgb.jpg"] = jpeg.insert(plain, jpeg.icc(icc.GRAY))

    sideways = jpeg.encode(resample.stored(photo, 6), subsampling="4:2:0")
    out["exif-big-endian.jpg"] = jpeg.insert(sideways, jpeg.exif(exif.tiff(6, order=">", gps=True)))
    # The offset of the first directory points far outside: whatever it says, the photo counts as upright.
    damaged = exif.tiff(6)
    out["exif-damaged.jpg"] = jpeg.insert(sideways, jpeg.exif(damaged[:4] + b"\xf0\xff\xff\x7f" + damaged[8:]))
    out["exif-orientation-9.jpg"] = jpeg.insert(sideways, jpeg.exif(exif.tiff(9)))
    out["thumbnail-orientation.jpg"] = jpeg.insert(sideways, jpeg.exif(
        exif.tiff(6, thumbnail=thumbnail(resample.stored(photo, 6)), thumbnail_orientation=3)))
    out["metadata.jpg"] = jpeg.insert(
        plain, jpeg.exif(exif.tiff(1, gps=True, thumbnail=thumbnail(photo))), jpeg.xmp(XMP),
        jpeg.segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x12\x1c\x02\x50\0\x0dCANARY byline"),
        jpeg.comment("CANARY comment")) + b"CANARY after the end"
    return out
