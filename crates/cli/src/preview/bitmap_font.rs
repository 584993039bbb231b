//! The ten digits, drawn in dots: enough of a font for the numbers in a preview.

/// Dots that a digit is wide and high.
const WIDTH: u32 = 5;
pub(crate) const HEIGHT: u32 = 7;

/// From one digit to the next.
const ADVANCE: u32 = WIDTH + 1;

/// Each digit from the top, a bit a dot, the leftmost dot highest.
#[rustfmt::skip]
const DIGITS: [[u8; HEIGHT as usize]; 10] = [
    [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b01110, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001, 0b01110],
];

/// How many dots a number is wide.
pub(crate) fn width(number: &str) -> u32 {
    (number.len() as u32 * ADVANCE).saturating_sub(ADVANCE - WIDTH)
}

/// The dots of a number, as column and row from its upper left corner.
pub(crate) fn dots(number: &str) -> impl Iterator<Item = (u32, u32)> {
    let digits = number.chars().filter_map(|c| c.to_digit(10));
    let rows = digits.zip(0u32..).flat_map(|(digit, position)| {
        let rows = DIGITS[digit as usize].into_iter().zip(0u32..);
        rows.map(move |(row, y)| (row, position * ADVANCE, y))
    });
    rows.flat_map(|(row, left, y)| {
        let columns = (0..WIDTH).filter(move |x| row & (1 << (WIDTH - 1 - x)) != 0);
        columns.map(move |x| (left + x, y))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_from_left_to_right() {
        let dots: Vec<_> = dots("17").collect();
        let rows: Vec<String> = (0..HEIGHT)
            .map(|y| {
                let dot = |x| if dots.contains(&(x, y)) { '#' } else { ' ' };
                let row: String = (0..width("17")).map(dot).collect();
                row.trim_end().to_owned()
            })
            .collect();
        let expected = [
            "  #   #####",
            " ##       #",
            "  #      #",
            "  #     #",
            "  #     #",
            "  #    #",
            " ###   #",
        ];
        assert_eq!(rows, expected);
    }
}
