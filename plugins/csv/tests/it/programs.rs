//! The titles that other programs write, with rows in their form.

use expect_test::expect;

use crate::support::check;

/// Concept2's logbook: the times of an export begin at 0.
#[test]
fn concept2_logbook() {
    check(
        r#"{"start":"2026-03-02T09:00:00Z","sport":"rowing/indoor"}"#,
        "\"Number\",\"Time (seconds)\",\"Distance (meters)\",\"Pace (seconds)\",\"Watts\",\"Cal/Hr\",\"Stroke Rate\",\"Heart Rate\"\n\
         1,0.6,2.1,131.4,154,829,0,81\n\
         2,2.4,9.1,125,179,915,34,82\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-03-02T09:00:00.600Z","2026-03-02T09:00:02.400Z"],"Number":[1.0,2.0],"distance":[2.1,9.1],"speed":[3.8051750380517504,4.0],"power":[154.0,179.0],"Cal/Hr":[829.0,915.0],"cadence":[0.0,34.0],"heart_rate":[81.0,82.0]}}
            finish
        "#]],
    );
}

/// rowingdata's form, which Painsled and rowsandall write too.
#[test]
fn rowingdata() {
    check(
        "{}",
        "TimeStamp (sec), ElapsedTime (sec), Horizontal (meters), Cadence (stokes/min), HRCur (bpm), Stroke500mPace (sec/500m), Power (watts), DriveLength (meters), StrokeDistance (meters), DriveTime (ms), DragFactor, StrokeRecoveryTime (ms), AverageDriveForce (lbs), PeakDriveForce (lbs), lapIdx\n\
         1772442000.0,0.0,0.0,24,120,125.0,179.2,1.31,10.0,850,120,1650,60.5,101.2,0\n\
         1772442002.5,2.5,10.0,24,121,125.0,179.2,1.31,10.0,850,120,1650,60.5,101.2,1\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"distance":[0.0],"cadence":[24.0],"heart_rate":[120.0],"speed":[4.0],"power":[179.2],"drive_length":[1.31],"cycle_length":[10.0],"drive_time":[0.85],"drag_factor":[120.0],"recovery_time":[1.65],"average_drive_force":[269.1174077232602],"peak_drive_force":[450.1600274643626]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:00Z","trigger":"manual","intensity":"active","totals":{"timer_time":0.0,"distance":0.0,"work":0.0,"max_speed":4.0,"avg_heart_rate":120.0,"max_heart_rate":120.0,"min_heart_rate":120.0,"avg_cadence":24.0,"max_cadence":24.0,"avg_power":179.2,"max_power":179.2}}}
            {"samples":{"time":["2026-03-02T09:00:02.500Z"],"distance":[10.0],"cadence":[24.0],"heart_rate":[121.0],"speed":[4.0],"power":[179.2],"drive_length":[1.31],"cycle_length":[10.0],"drive_time":[0.85],"drag_factor":[120.0],"recovery_time":[1.65],"average_drive_force":[269.1174077232602],"peak_drive_force":[450.1600274643626]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:02.500Z","trigger":"session_end","intensity":"active","totals":{"timer_time":2.5,"distance":10.0,"work":448.0,"max_speed":4.0,"avg_heart_rate":121.0,"max_heart_rate":121.0,"min_heart_rate":121.0,"avg_cadence":24.0,"max_cadence":24.0,"avg_power":179.2,"max_power":179.2}}}
            finish
        "#]],
    );
}

/// GoldenCheetah: seconds, kilometres and km/h.
#[test]
fn golden_cheetah() {
    check(
        r#"{"start":"2026-03-02T09:00:00Z"}"#,
        "secs,cad,hr,km,kph,nm,watts,alt,lon,lat,headwind,slope,temp,interval\n\
         0,80,120,0.0,36,20.5,200,100,8.5,47.4,0,0.5,21,0\n\
         1,81,121,0.01,36,20.5,201,100,8.5,47.4,0,0.5,21,1\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"cadence":[80.0],"heart_rate":[120.0],"distance":[0.0],"speed":[10.0],"nm":[20.5],"power":[200.0],"altitude":[100.0],"position_long":[8.5],"position_lat":[47.4],"headwind":[0.0],"slope":[0.5],"temperature":[21.0]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:00Z","trigger":"manual","intensity":"active","totals":{"timer_time":0.0,"distance":0.0,"work":0.0,"max_speed":10.0,"avg_heart_rate":120.0,"max_heart_rate":120.0,"min_heart_rate":120.0,"avg_cadence":80.0,"max_cadence":80.0,"avg_power":200.0,"max_power":200.0}}}
            {"samples":{"time":["2026-03-02T09:00:01Z"],"cadence":[81.0],"heart_rate":[121.0],"distance":[10.0],"speed":[10.0],"nm":[20.5],"power":[201.0],"altitude":[100.0],"position_long":[8.5],"position_lat":[47.4],"headwind":[0.0],"slope":[0.5],"temperature":[21.0]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01Z","trigger":"session_end","intensity":"active","totals":{"timer_time":1.0,"distance":10.0,"work":201.0,"max_speed":10.0,"avg_heart_rate":121.0,"max_heart_rate":121.0,"min_heart_rate":121.0,"avg_cadence":81.0,"max_cadence":81.0,"avg_power":201.0,"max_power":201.0}}}
            finish
        "#]],
    );
}

/// Polar Flow: two lines about the whole, then the samples with a clock from 0.
#[test]
fn polar_flow() {
    check(
        r#"{"start":"2026-03-02T09:00:00Z","sport":"rowing"}"#,
        "Name,Sport,Date,Start time,Duration,Total distance (km)\n\
         Kim,ROWING,02-03-2026,10:00:00,00:00:02,0.01\n\
         Sample rate,Time,HR (bpm),Speed (km/h),Pace (min/km),Cadence,Altitude (m),Distances (m),Temperatures (C),Power (W)\n\
         1,00:00:00,120,14.4,04:10,24,,0.0,,\n\
         ,00:00:01,121,14.4,04:10,24,,4.0,,\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"rowing"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"Sample rate":[1.0,null],"heart_rate":[120.0,121.0],"speed":[4.0,4.0],"cadence":[24.0,24.0],"distance":[0.0,4.0]}}
            finish
            warn the 2 lines before the titles are left out
            warn columns of text left out: `Pace (min/km)`
        "#]],
    );
}

/// gpsbabel's unicsv: date and time in two columns, in UTC without saying so.
#[test]
fn gpsbabel_unicsv() {
    check(
        "{}",
        "No,Latitude,Longitude,Altitude,Temperature,Speed,Heartrate,Cadence,Power,Date,Time\n\
         1,47.357753,8.465722,0.0,21.000,7.00,120,80,150.0,2026/03/02,09:00:00\n\
         2,47.357754,8.465723,0.2,21.000,7.00,121,81,151.0,2026/03/02,09:00:01\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"No":[1.0,2.0],"position_lat":[47.357753,47.357754],"position_long":[8.465722,8.465723],"altitude":[0.0,0.2],"temperature":[21.0,21.0],"speed":[7.0,7.0],"heart_rate":[120.0,121.0],"cadence":[80.0,81.0],"power":[150.0,151.0]}}
            finish
            warn line 2, column `Time`: time without zone, taken as UTC: `09:00:00` (2 times)
        "#]],
    );
}
